"""Papers (公文): what is issued under a number of its own, when and how it arrived, and how it looks on paper.

Here: the register of issued papers with their frozen contents and proof of service, and the renderers (PDF, Word,
Excel). Not here: what a paper says about a case (`casework`).
"""
