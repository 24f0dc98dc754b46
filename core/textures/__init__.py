"""A material's maps: roles, file names, image I/O, mips, normal convention, seams, sample materials."""
