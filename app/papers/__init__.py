"""Papers: official letters, score sheets and tables as PDF, Word and Excel files.

Here: what stands on a paper (values that are stored as JSON when it is issued) and what makes bytes of it, the same
bytes for the same content. Not here: which papers there are and who issues them (`casework`), tables of the database.
"""
