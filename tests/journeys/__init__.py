"""A browser or a whole year: journeys through the running product."""
