"""Human tasks: the inbox (待办): open work of a role or a person, claims, drafts.

Here: what waits for whom and until when. Not here: what completing a step does (`casework`), who may (`permissions`),
finished steps (`cases`). Background work is never called a task.
"""
