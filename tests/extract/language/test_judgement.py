"""How far an answer persuades, by the kinds of wording that once misled the judge, with those that only look alike."""

from __future__ import annotations

import pytest

from casework.form import FormLibrary
from extract.checks import AnswerItem, check_answer

pytestmark = pytest.mark.pure

BUSINESS, COMPETENCE, ROLE = "business-justification", "national-competency", "supplementary-role"


def level(library: FormLibrary, form: str, field: str, title: str, text: str) -> str:
    return check_answer(AnswerItem("1", form, field, title, text), library).adequacy.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Glad to go over it with anyone, Ffion on the rota desk knows the whole history and is in from Monday.",
         "placeholder"),
        ("Should you have any queries, give me a ring on 01632 960 118.", "placeholder"),
        ("Any questions, speak to Siôn on 01632 960447, mornings only", "placeholder"),
        ("Please e-mail us if anything is unclear.", "placeholder"),
        ("I can be reached on extension 4417 most days", "placeholder"),
        ("If staff need information they have to ring payroll, who cannot see it either.", "asserted"),
        ("Nobody has the background when a case is handed over, so the same questions are put twice.", "asserted"),
        ("Managers ring us in tears because they cannot see what was agreed.", "asserted"),
        ("We took 640 calls about it last year; ring me on 01632 960118 if you want the list.", "evidenced"),
    ],
)  # fmt: skip
def test_an_offer_to_explain_is_no_reason_and_a_reason_that_speaks_of_calls_is_one(
    library: FormLibrary, text: str, expected: str
) -> None:
    assert level(library, BUSINESS, "justification", "Case handover screen", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("People type half a word, and whoever reads it later guesses the rest.", "asserted"),
        ("The list shows half the name, so clerks pick the wrong person.", "asserted"),
        ("Please say why this is needed.\nSomebody sees half the story and blames the wrong ward.", "asserted"),
        ("Half of the entries are wrong.", "evidenced"),
        ("Clerks correct half the entries by hand.", "evidenced"),
        ("It takes half a day to put right.", "evidenced"),
    ],
)
def test_half_of_what_is_written_measures_nothing_and_half_of_the_cases_does(
    library: FormLibrary, text: str, expected: str
) -> None:
    assert level(library, BUSINESS, "justification", "Longer remarks", text) == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Bulk closing of vacancies", "Vacancies could be closed in bulk instead of one at a time.", "restated"),
        ("Batch entry of courses", "The benefit is that courses can be entered as a batch and not singly.", "restated"),
        ("Automatic leaver notice", "Leaver notices would be sent automatically rather than manually.", "restated"),
        ("Online mileage claims", "Mileage claims will be made online instead of on paper.", "restated"),
        ("Bulk closing of vacancies", "Closing them one at a time has us working Saturdays.", "asserted"),
        ("Bulk closing of vacancies", "In bulk rather than one by one, so adverts no longer stay up by mistake.",
         "asserted"),
        ("Bulk closing of vacancies", "A hundred and twenty could be closed in bulk rather than one by one.",
         "evidenced"),
        ("Nurse rota colours", "Rotas would be read at a glance instead of being puzzled out one by one.", "asserted"),
    ],
)  # fmt: skip
def test_what_is_asked_for_set_against_its_opposite_is_no_benefit(
    library: FormLibrary, title: str, text: str, expected: str
) -> None:
    assert level(library, BUSINESS, "benefits", title, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Information Commissioner has opened an investigation and wants our log.", "evidenced"),
        ("HSE served a notice on us over this and we cannot answer it.", "evidenced"),
        ("An enquiry has been launched by the Health and Safety Executive.", "evidenced"),
        ("The Information Commissioner could open an investigation.", "asserted"),
        ("Somebody has started an investigation, and staff are upset.", "asserted"),
        ("We would be served with a notice, and staff would suffer.", "asserted"),
    ],
)
def test_what_a_named_regulator_has_begun_can_be_looked_up_and_what_it_might_begin_cannot(
    library: FormLibrary, text: str, expected: str
) -> None:
    assert level(library, BUSINESS, "impact_of_not_changing", "Access log", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thirty-one of us have trained and nobody can find us.", "evidenced"),
        ("One hundred and six colleagues asked for one and were turned away.", "evidenced"),
        ("Two hundred and forty people have no one to turn to.", "evidenced"),
        ("Any one of us can be called on, and nobody knows how.", "asserted"),
        ("One of the listeners left because nobody could find her.", "asserted"),
    ],
)
def test_a_number_in_words_counts_as_one_in_figures(library: FormLibrary, text: str, expected: str) -> None:
    assert level(library, ROLE, "justification", "Debt Listener", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There is a national strategy on it.", "asserted"),
        ("There are national standards for this", "asserted"),
        ("It's part of a national programme.", "asserted"),
        ("There is no national strategy on it.", "placeholder"),
        ("There isn't a national programme for this", "placeholder"),
        ("It is national because it is a national competence.", "restated"),
        ("NG205", "evidenced"),
        ("5512098", "placeholder"),
    ],
)
def test_that_something_national_exists_is_a_claim_that_nobody_has_named(
    library: FormLibrary, text: str, expected: str
) -> None:
    assert level(library, COMPETENCE, "national_link", "NHS|MAND|Choking Response - 2 Years|", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("financial: nil. non-financial: 3 hrs a week of a rota clerk's time", "evidenced"),
        ("Cash releasing: none\nNon-cash: two days a month of the rota clerk's time", "evidenced"),
        ("cash: none; quality: fewer wards left short at weekends", "asserted"),
        ("cash releasing: none. non-cash: none. quality: none", "placeholder"),
        ("Cash releasing: none. Non-cash: TBC", "placeholder"),
        ("None, ask Gwen.", "placeholder"),
    ],
)
def test_one_kind_of_benefit_denied_denies_no_other(library: FormLibrary, text: str, expected: str) -> None:
    assert level(library, BUSINESS, "benefits", "Swap of bank shifts", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am only here to key this in, the surgeon's notes stop at this line.", "placeholder"),
        ("Angharad could explain it far better, she is in on Wednesdays.", "placeholder"),
        ("The audit lead decides that and I would not wish to second-guess it.", "placeholder"),
        ("Fully discussed and agreed. Everybody supports it.", "placeholder"),
        ("Budget code 8812K, signature of head of service obtained 14.10.25", "placeholder"),
        ("We ticked this one because none of the other boxes fitted.", "placeholder"),
        ("Agreed leave is lost because the clerk cannot see it.", "asserted"),
        ("Nobody supports new starters through their first night and they leave.", "asserted"),
        ("Discussed with 212 nurses, of whom 190 had been sent to the wrong ward.", "evidenced"),
        ("Patients explain their pain better than a chart does, and nobody writes it down.", "asserted"),
        ("Starters are back with their teams late, with nothing in writing.", "asserted"),
        ("Ticked boxes vanish when the page is saved, so consent is lost.", "asserted"),
    ],
)
def test_what_is_about_the_writing_of_the_form_is_no_reason(library: FormLibrary, text: str, expected: str) -> None:
    assert level(library, BUSINESS, "justification", "Pain score history", text) == expected


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("impact_of_not_changing", "Honestly, we'd manage.", "placeholder"),
        ("impact_of_not_changing", "It can wait.", "placeholder"),
        ("impact_of_not_changing", "We would cope, but nurses would go on losing their breaks.", "asserted"),
        ("impact_of_not_changing", "Wards could not manage a winter like the last one.", "asserted"),
        ("benefits", "It is hard to see a benefit.", "placeholder"),
        ("benefits", "There aren't any to speak of.", "placeholder"),
        ("benefits", "It is hard to find a nurse at night, and this would show who is free.", "asserted"),
    ],
)
def test_to_cope_without_is_a_denial_and_to_cope_badly_is_none(
    library: FormLibrary, field: str, text: str, expected: str
) -> None:
    assert level(library, BUSINESS, field, "Pain score history", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Searched without success.", "placeholder"),
        ("We searched the learning site without success.", "placeholder"),
        ("We asked round and nothing turned up.", "placeholder"),
        ("UKHSA laboratory rules say that users are trained every other year.", "evidenced"),
    ],
)
def test_to_have_looked_in_vain_is_a_denial(library: FormLibrary, text: str, expected: str) -> None:
    assert level(library, COMPETENCE, "national_link", "NHS|MAND|Choking Response - 2 Years|", text) == expected


def test_years_of_service_measure_nothing(library: FormLibrary) -> None:
    title = "Rename appraisal rating"
    assert level(library, BUSINESS, "justification", title, "After twenty years in nursing that hurts.") == "asserted"
    text = "After eight years of waiting 40 of us gave up."
    assert level(library, BUSINESS, "justification", title, text) == "evidenced"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ambition | Owner | Review\n | | ", "absent"),
        ("3. Benefits\n3.1 On staff\n3.2 On patients", "absent"),
        ("☐ Yes  ☐ No   If yes, which: ..........", "absent"),
        ("(Quote any policy. Max. 200 words.)", "absent"),
        ("\U0001f600", "placeholder"),
        ("Is a short list what you're after here?", "placeholder"),
        ("Cross-ref. Ulysses", "placeholder"),
        ("I was told to put 'see minutes'", "placeholder"),
        ("1. Porters lose the key\n2. Nobody can get in at night", "asserted"),
    ],
)
def test_headings_of_an_empty_table_are_the_forms_and_a_face_or_a_question_back_is_typed(
    library: FormLibrary, text: str, expected: str
) -> None:
    assert level(library, BUSINESS, "benefits", "Key register", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The remark is 40 and ought to be 90, so that up to 90 characters fit.", "restated"),
        ("Remarks of 40 characters lost the allergy of 12 patients.", "evidenced"),
        ("Part-timers are entered as 0.5 FTE, which makes nonsense of the figures.", "asserted"),
        ("We cancelled 6 FTE of agency cover.", "evidenced"),
        ("This form took forty minutes to fill. Enough.", "placeholder"),
        ("Claim 2290 is still open, and staff go unpaid because of it.", "asserted"),
    ],
)
def test_the_size_of_what_is_asked_for_and_a_value_as_it_is_keyed_measure_nothing(
    library: FormLibrary, text: str, expected: str
) -> None:
    assert level(library, BUSINESS, "justification", "Longer remarks", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No Act, no plan, no programme.", "placeholder"),
        ("There is no Act, but the Care Act 2014 asks for it.", "evidenced"),
        ("A lady from the Royal College praised lessons like these at our open day.", "asserted"),
    ],
)
def test_no_act_is_no_name_and_a_body_that_is_fond_of_it_is_no_stand_in(
    library: FormLibrary, text: str, expected: str
) -> None:
    assert level(library, COMPETENCE, "national_link", "NHS|MAND|Choking Response - 2 Years|", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cash: ________\nNon-cash: ________", "absent"),
        ("Benefits (please say what is gained): ……………", "absent"),
        ("Background: \nDriver: \nConsequence: ", "absent"),
        ("- \n- ", "absent"),
        ("-", "placeholder"),
        ("Benefits: fewer keys go astray ____", "asserted"),
    ],
)
def test_a_line_to_write_on_is_the_forms_until_something_stands_on_it(
    library: FormLibrary, text: str, expected: str
) -> None:
    assert level(library, BUSINESS, "benefits", "Key register", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please disregard this form, it was sent in error.", "placeholder"),
        ("Have a look at what Powys put, ours is the same.", "placeholder"),
        ("The lady who thought of it, and who is better placed than I am to explain it, is on leave until the 3rd,"
         " and I would not wish to misrepresent her.", "placeholder"),
        ("Wages were sent in error to a man who had left, and nobody could get them back.", "asserted"),
        ("Nurses are on annual leave until the 3rd and nobody can tell who covers, so clinics fall.", "asserted"),
    ],
)  # fmt: skip
def test_a_form_that_is_taken_back_or_handed_on_at_length_gives_no_reason(
    library: FormLibrary, text: str, expected: str
) -> None:
    assert level(library, BUSINESS, "justification", "Locker list", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("With regret, after a long search, there does not seem to be a national programme.", "placeholder"),
        ("The short answer is no.", "placeholder"),
        ("It isn't in CSTF, StatMand or anything from HEIW, but the ward asked.", "asserted"),
        ("It isn't in CSTF, but HEIW publishes a course on it.", "evidenced"),
        ("Sorry to be slow, the Care Act 2014 asks for it.", "evidenced"),
    ],
)
def test_a_denial_is_one_behind_its_courtesies_and_for_all_that_it_lists(
    library: FormLibrary, text: str, expected: str
) -> None:
    assert level(library, COMPETENCE, "national_link", "NHS|MAND|Choking Response - 2 Years|", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The module is 40 minutes with a 10-question quiz, and people are turned away.", "asserted"),
        ("It scores 4 x 4 = 16, and people are turned away.", "asserted"),
        ("The day team goes home at 6 and people are turned away.", "asserted"),
        ("We turned away six drivers.", "evidenced"),
        ("On Boxing Day a driver was turned away and the list was lost.", "evidenced"),
    ],
)
def test_how_long_a_course_is_and_when_a_shift_ends_measure_nothing(
    library: FormLibrary, text: str, expected: str
) -> None:
    assert level(library, BUSINESS, "justification", "Gate log", text) == expected
