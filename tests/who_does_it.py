"""Who does which step of an initial PEP, in an order in which they can be done."""

BEFORE_SIGNATURES = (
    ("initiate_pep", "wilma"), ("allocate_caseworker", "vera"),
    ("complete_social_work_sections", "wilma"), ("complete_education_sections", "tara"),
    ("record_child_views", "tara"), ("record_carer_view", "wilma"),
    ("convene_meeting", "vera"), ("hold_pep_meeting", "vera"),
    ("set_targets_and_actions", "tara"),
)
SIGNATURES = (("sign_off_teacher", "tara"), ("sign_off_social_worker", "wilma"))
FROM_SIGNATURES = (
    *SIGNATURES, ("assure_quality", "vera"), ("hold_first_review", "rob"),
    ("decide_pupil_premium", "vera"), ("distribute_copies", "wilma"),
)
WHO = dict((*BEFORE_SIGNATURES, *SIGNATURES))
"""By step, as far as a plan that is prepared."""
