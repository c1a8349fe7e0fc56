"""What approved scores of a contract's quarters lead to: points deducted, money, held points, proposals, settlement.

Pure: `term.run_term` folds quarters into results and ledger entries with the parameters of a programme; nothing here
knows files, tables or clocks. Points are exact decimals, money is CNY to the cent.
"""
