"""The web site: pages over the domains, one file per domain.

Here: blueprints, forms (WTForms), templates, static files, what turns a request into a call and an error into a page.
A page's file holds its views and forms, names a permission for every view, reads under `db.reading()` and writes under
one `db.transaction()`. Not here: rules, statements and decisions (the domains and `casework`), and the sources of the
built static files (`frontend/site`).
"""
