"""Kaohe (考核): performance assessments of contracted service vendors and public service platforms, as cases."""
