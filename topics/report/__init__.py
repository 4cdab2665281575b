"""A finished study in, one self-contained page out. README.md beside this file says why it is built so."""
