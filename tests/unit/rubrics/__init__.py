"""The bundled rubrics against their sources, their examples, and the properties that every scoring must have."""
