"""What `kaohe bench` runs: the measured code and what it is compared with."""
