"""Statistics that know nothing of shops.

What is missing is not guessed: NaN in gives NaN out where a docstring does not say that such rows are left out, and an
interval that the data cannot carry (one cluster, one value, nothing counted) is NaN.
"""
