"""Evidence (佐证材料): files by the hash of their content, links, their versions, and the facts entered with them.

Here: what is accepted as a file and why another is not, the store on disk, which evidence proves what, withdrawals,
the same file seen elsewhere, facts as a party filed or a reviewer confirmed them. Not here: which evidence a rubric
asks for (`scoring`), when a filing is due (`calendar`), headers of a download (`web`).
"""
