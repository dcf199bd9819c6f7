"""The command line.

In: arguments, files, standard input. Out: results on standard output, all else on standard error,
and an exit code. Deliberately absent: any rule of the domain.
"""
