"""Readers of the files that analysts edit: each turns one kind of file into small frozen objects."""
