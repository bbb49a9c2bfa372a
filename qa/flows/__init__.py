"""The stages as a Prefect flow. The only package that imports Prefect."""
