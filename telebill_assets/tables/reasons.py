"""The fixed list of reasons for which telebill sets a file or a record aside, with what each one means."""

FILE_REASONS = {
    "truncated_file": "The file ends before its end mark, trailer or last line end; nothing of it is used",
    "unreadable_file": "The file cannot be opened or decompressed; nothing of it is used",
    "empty_file": "The file holds no record",
    "unknown_layout": "The first lines fit none of the layouts declared for the source",
    "unknown_source": "The landing folder belongs to no declared source",
    "totals_differ": "Records or seconds are not those that the trailer or the manifest declares",
    "incomplete_export": "The export itself says that it is not complete",
    "date_order": "Day and month stand in another order than the layout declares",
    "same_name": "A file of the same name and source, but with other content, landed before",
}

SET_ASIDE_REASONS = {
    "quality_records": "The file holds voice quality records; the calls stand in other files",
    "report": "The file is a report about agents or queues and holds no call records",
}

SUSPENSE_REASONS = {
    "malformed": "The line has not the declared number of fields, or a field is not of its type",
    "spreadsheet_damage": "A spreadsheet has shortened a number or a time; the file must be sent again as it was",
    "held_file": "The record stands in a file that is held; see the file register",
    "contradictory": "The record says that the call was not answered, and has billable seconds",
    "missing_field": "A field that billing needs is empty",
    "bad_number": "The calling or called number cannot be brought into E.164",
    "end_before_start": "The call ends before it starts, or is answered outside its span",
    "negative_duration": "The billable duration is negative",
    "absurd_duration": "The billable duration exceeds the longest call the operator allows, or its own span or total",
    "future_call": "The call starts after the end of its landing day",
    "too_old": "The call is older than max_call_age_days on its landing day",
    "unknown_service": "No service of any account matches the record's service key on the call's date",
    "broken_rule": "The record breaks a rule of validated_usage that no other reason names; its rule does",
    "no_plan": "The account has no plan on the call's date",
    "no_rate": "The plan's rate deck has no rate for the destination on the call's date",
}

NON_BILLABLE_REASONS = {
    "accompanying_row": "The row accompanies a call (ring, queue or conference leg) and is not a call",
    "not_voice": "The row is not about a call: a message, data, or another medium",
    "unanswered": "The call was never answered",
    "internal": "Both ends are extensions of the same switch",
}

DUPLICATE_REASONS = {
    "duplicate_file": "The file's bytes have been landed before",
    "duplicate_record": "The record's key has been seen in an earlier file, line or day",
}
