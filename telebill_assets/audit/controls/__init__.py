"""The controls: each asks one question about a stage's figures and answers with figure, threshold and meaning.

Here belong declarations (`Control`) and functions of frames and figures. What a control compares with, such as earlier
days, is read by the `checks.py` of the stage that asks it. Thresholds are defaults here and an operator's in
controls.yaml. docs/controls.md lists all controls.
"""
