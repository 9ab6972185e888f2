"""Words that practitioners use among each other, and what a form says to everybody instead.

A form is read by a child's carer and by a school that is new to it, too. What the law and every
school say in full and in short, such as PEP and SEN, is none.
"""

from collections.abc import Mapping

JARGON: Mapping[str, str] = {
    "LAC": "Write “child in care”, or “looked-after child”",
    "CLA": "Write “child in care”, or “looked-after child”",
    "CIC": "Write “child in care”",
    "CYP": "Write “child”, or “child or young person”",
    "YP": "Write “young person”",
    "SW": "Write “social worker”",
    "SSW": "Write “supervising social worker”",
    "DT": "Write “designated teacher”",
    "VSH": "Write “Virtual School Head”",
    "VS": "Write “virtual school”",
    "IRO": "Write “reviewing officer”",
    "CISRO": "Write “reviewing officer”",
    "PPP": "Write “pupil premium plus”",
    "PP+": "Write “pupil premium plus”",
    "FTE": "Write “suspension”",
    "SDQ": "Write “strengths and difficulties questionnaire”",
    "EHE": "Write “educated at home”",
    "NEET": "Write “not in education, employment or training”",
    "UASC": "Write “unaccompanied child”",
    "LA": "Write “council”",
    "placement breakdown": "Write that the child had to move",
    "respite": "Write “short break”",
    "siblings": "Write “brothers and sisters”",
}
