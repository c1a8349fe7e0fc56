"""Processes: check a diagram, store it, start, advance and return an instance; the only importer of SpiffWorkflow.

Here: versions of diagrams and decision tables, the state of each instance, timers, the tree's pruning. Not here: what a
step means, cases, tasks, people (`casework`); the engine knows only the few variables that its gateways need. It takes
handlers by the names of the diagram's operations and gives back what became ready.
"""
