"""Papers (公文): what is issued under a number of its own, how it arrived, and how it looks as PDF, Word and Excel.

Here: the register of issued papers with their frozen contents and proof of service (`models`, `operations`, `queries`);
what stands on a paper (`content`) and what makes bytes of it, the same bytes for the same content. Not here: what a
paper says about a case, and when it is issued (`casework`).
"""
