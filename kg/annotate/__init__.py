"""Annotating: papers with their texts, suggestions to correct, what is wrong with a file of annotations."""
