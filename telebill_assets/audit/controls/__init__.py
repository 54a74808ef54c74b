"""The controls: each asks one question about a stage's figures and answers with figure, threshold and meaning.

Controls are functions of frames and figures. What they compare with (earlier days, the database) is collected by
`compute.controls`, which calls them from the jobs. docs/controls.md lists them all.
"""
