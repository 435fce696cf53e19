"""Seller and buyer are told apart by all that the page says of them, and named as they are printed."""

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble
from extractors.assembly.header import clean_name, clean_vat_id
from extractors.assembly.legal_forms import is_legal_form
from schemas.invoice import Header

SELLER, BUYER = "header.seller_name", "header.buyer_name"
SELLER_ID, BUYER_ID = "header.seller_vat_id", "header.buyer_vat_id"


def header(*lines: tuple[float, float, str], language: str = "en", **opinions: dict[str, float]) -> Header:
    return assemble(tagged(*lines, opinions=opinions, language=language)).header


def test_what_is_said_of_one_mention_of_a_name_is_said_of_all() -> None:
    """The network takes a name at the top for the seller's, but it stands under the buyer's heading too, and another name is only half the buyer's."""
    names = {"Nordwind": {SELLER: 0.9}, "NORDWIND": {BUYER: 0.9}, "Tannenhof": {BUYER: 0.6, SELLER: 0.3}}
    lines = ((50.0, 80.0, "Nordwind"), (50.0, 200.0, "Bill to"), (50.0, 214.0, "NORDWIND"), (350.0, 300.0, "Tannenhof"))
    found = header(*lines, **names)
    assert ((found.seller_name or "").casefold(), (found.buyer_name or "").casefold()) == ("tannenhof", "nordwind")


def test_a_slip_for_the_payment_that_names_both_parties_sets_nothing_right() -> None:
    names = {"Nordwind": {SELLER: 0.95}, "Tannenhof": {BUYER: 0.95}, "TANNENHOF": {SELLER: 0.95}, "NORDWIND": {BUYER: 0.9}}
    lines = ((50.0, 80.0, "Nordwind"), (50.0, 200.0, "Tannenhof"), (50.0, 790.0, "TANNENHOF"), (350.0, 790.0, "NORDWIND"))
    found = header(*lines, **names)
    assert ((found.seller_name or "").casefold(), (found.buyer_name or "").casefold()) == ("nordwind", "tannenhof")


@pytest.mark.parametrize(("whose", "field"), [("Our", "seller_vat_id"), ("Your", "buyer_vat_id"), ("Müşteri", "buyer_vat_id")])
def test_the_label_of_a_vat_id_may_say_whose_it_is(whose: str, field: str) -> None:
    number = {"DE123456789": {SELLER_ID: 0.5, BUYER_ID: 0.45} if whose != "Our" else {SELLER_ID: 0.45, BUYER_ID: 0.5}}
    assert getattr(header((50, 80, f"{whose} VAT no.: DE123456789"), **number), field) == "DE123456789"


def test_the_groups_of_one_vat_id_are_one_partys() -> None:
    groups = {w: {SELLER_ID: 0.8, BUYER_ID: 0.1} for w in ("FR", "22", "014")}
    groups |= {"686": {SELLER_ID: 0.4, BUYER_ID: 0.51}, "935": {SELLER_ID: 0.4, BUYER_ID: 0.51}}
    found = header((50, 80, "TVA Intra FR 22 014 686 935"), language="fr", **groups)
    assert (found.seller_vat_id, found.buyer_vat_id) == ("FR22014686935", None)


@pytest.mark.parametrize(
    ("printed", "vat_id"),
    [
        ("GSTIN/UIN27ABCDE1234F1Z5", "27ABCDE1234F1Z5"), ("C.N.P.J.12.345.678/0001-90", "12.345.678/0001-90"),
        ("CLIENT123456789", "123456789"), ("UEPL1234567890", "PL1234567890"), ("ZXCVB12QWERT", "ZXCVB12QWERT"),
    ],
)  # fmt: skip
def test_labels_in_capitals_are_no_part_of_a_vat_id(printed: str, vat_id: str) -> None:
    assert clean_vat_id(printed) == vat_id


@pytest.mark.parametrize(("probability", "found"), [(0.97, "ZXCVB12QWERT"), (0.6, None)])
def test_what_has_not_the_digits_of_a_vat_id_is_one_only_where_the_network_is_sure(probability: float, found: str | None) -> None:
    assert header((50, 80, "VAT no.: ZXCVB12QWERT"), ZXCVB12QWERT={SELLER_ID: probability}).seller_vat_id == found


@pytest.mark.parametrize(
    ("above", "below", "name"),
    [
        ("Martinez, Smith", "& Partners LLP", "Martinez, Smith & Partners LLP"),
        ("Gomes", "Ltda - EPP", "Gomes Ltda - EPP"),
        ("Adler - Labortechnik", "GmbH & Co. KG", "Adler - Labortechnik GmbH & Co. KG"),
    ],
)
def test_a_name_goes_on_with_a_sign_or_a_legal_form_in_the_next_line(above: str, below: str, name: str) -> None:
    words = {word: {BUYER: 0.97} for word in f"{above} {below}".split()}
    page = tagged((50, 80, above), (50, 92, below), opinions=words)
    page.starts[len(above.split())] = 0.9  # as if another value began there
    assert assemble(page).header.buyer_name == name


def test_legal_forms_of_several_parts_are_known() -> None:
    assert all(is_legal_form(text) for text in ("GmbH & Co. KG", "Ltda - EPP", "BV/SRL", "S.r.l."))
    assert not any(is_legal_form(text) for text in ("& Co.", "Müller & Co. KG", "EPP"))


@pytest.mark.parametrize(
    ("printed", "probability", "found"), [("Supplier Shop", 0.9, True), ("Supplier Shop", 0.5, False), ("Supplier", 0.95, False)]
)
def test_a_name_may_hold_the_word_of_a_heading(printed: str, probability: float, found: bool) -> None:
    words = {word: {SELLER: probability} for word in printed.split()}
    assert (header((50, 80, printed), (50, 400, "Invoice"), **words).seller_name == printed) == found


@pytest.mark.parametrize(
    ("printed", "name"),
    [("Bill-to Alimentar SNC", "Alimentar SNC"), ("Regning til Peter Mikkelsen", "Peter Mikkelsen"), ("Bill to SPA", "Bill to SPA")],
)
def test_a_heading_in_front_of_a_name_is_no_part_of_it_unless_only_a_legal_form_is_left(printed: str, name: str) -> None:
    assert clean_name(printed) == name


@pytest.mark.parametrize(
    ("above", "below", "name"),
    [
        ("Studio Verdi di", "Rossi Carla", "Studio Verdi di Rossi Carla"),
        ("Studio Verdi", "Rossi Carla", "Studio Verdi"),
        ("Studio Verdi di", "Via 4", "Studio Verdi di"),
    ],
)
def test_a_name_that_ends_in_a_joining_word_goes_on_in_the_next_line(above: str, below: str, name: str) -> None:
    assert header((50, 80, above), (50, 92, below), language="it", **{word: {BUYER: 0.97} for word in above.split()}).buyer_name == name


@pytest.mark.parametrize("caption", ["Payable to", "Registered name", "Zahlbar an"])
def test_a_caption_in_front_of_a_name_is_no_part_of_it_although_the_network_takes_it_in(caption: str) -> None:
    words = {word: {SELLER: 0.9} for word in f"{caption} Adler Nachf.".split()}
    assert header((50, 80, f"{caption} Adler Nachf."), **words).seller_name == "Adler Nachf."


def test_a_title_is_no_name() -> None:
    assert header((50, 80, "Invoice"), Invoice={SELLER: 0.9}).seller_name is None


def test_a_name_that_three_lines_break_is_the_one_that_is_printed_whole_elsewhere() -> None:
    lines = (
        (50, 80, "Verein"),
        (50, 92, "zur Pflege"),
        (50, 104, "der Moore"),
        (50, 116, "Hafenweg 3"),
        (50, 400, "VEREIN ZUR PFLEGE DER MOORE"),
    )
    words = {word: {SELLER: 0.97} for word in ("Verein", "zur", "Pflege")} | {
        w: {SELLER: 0.9} for w in ("VEREIN", "ZUR", "PFLEGE", "DER", "MOORE")
    }
    assert (header(*lines, language="de", **words).seller_name or "").casefold() == "verein zur pflege der moore"


def test_a_name_with_a_legal_form_in_front_is_taken_with_the_one_behind_it_where_that_is_printed() -> None:
    lines = ((50, 80, "SC Carpatina Mobila"), (50, 200, "SC Carpatina Mobila S.R.L."))
    words = {word: {SELLER: 0.9} for word in ("SC", "Carpatina", "Mobila")}
    assert header(*lines, language="ro", **words).seller_name == "SC Carpatina Mobila S.R.L."


@pytest.mark.parametrize(("over", "swapped"), [("Zleceniodawca", True), ("Odbiorca", True), ("Wystawca", False), ("Uwagi", False)])
def test_a_heading_directly_over_a_name_sets_right_parties_that_the_network_took_for_each_other(over: str, swapped: bool) -> None:
    names = {"Nordwind": {BUYER: 0.92, SELLER: 0.06}, "Tannenhof": {SELLER: 0.97}}
    lines = ((50.0, 80.0, "Nordwind"), (50.0, 200.0, over), (50.0, 214.0, "Tannenhof"))
    found = header(*lines, language="pl", **names)
    told = ("Tannenhof", "Nordwind")
    assert (found.seller_name, found.buyer_name) == (told[::-1] if swapped else told)


def test_the_heading_of_who_is_paid_sets_no_parties_right() -> None:
    names = {"Nordwind": {BUYER: 0.92, SELLER: 0.06}, "Tannenhof": {SELLER: 0.97}}
    lines = ((50.0, 80.0, "Nordwind"), (50.0, 186.0, "Konto 83 2240 6315 5518"), (50.0, 200.0, "Odbiorca"), (50.0, 214.0, "Tannenhof"))
    found = header(*lines, language="pl", **names)
    assert (found.seller_name, found.buyer_name) == ("Tannenhof", "Nordwind")


def test_a_heading_sets_nothing_right_where_the_network_has_told_another_seller() -> None:
    names = {"Nordwind": {SELLER: 0.97}, "Tannenhof": {SELLER: 0.7, BUYER: 0.3}}
    lines = ((50.0, 80.0, "Nordwind"), (50.0, 200.0, "Bill to"), (50.0, 214.0, "Tannenhof"))
    found = header(*lines, **names)
    assert (found.seller_name, found.buyer_name) == ("Nordwind", "Tannenhof")


def test_the_line_of_the_sender_over_the_buyers_address_sets_no_parties_right() -> None:
    names = {"Nordwind,": {SELLER: 0.97}, "Tannenhof": {BUYER: 0.97}}
    lines = ((50.0, 80.0, "Client"), (50.0, 92.0, "Nordwind, 5 High Street"), (50.0, 104.0, "Tannenhof"))
    found = header(*lines, **names)
    assert (found.seller_name, found.buyer_name) == ("Nordwind", "Tannenhof")


def test_the_heading_over_a_name_says_more_than_one_of_another_column_beside_it() -> None:
    names = {"Nordwind": {SELLER: 0.5, BUYER: 0.45}, "Tannenhof": {BUYER: 0.5, SELLER: 0.45}}
    lines = ((50.0, 200.0, "Customer"), (300.0, 186.0, "Seller"), (300.0, 200.0, "Nordwind"), (50.0, 500.0, "Tannenhof"))
    found = header(*lines, **names)
    assert (found.seller_name, found.buyer_name) == ("Nordwind", "Tannenhof")


@pytest.mark.parametrize(
    ("foot", "name"), [("Nordwind Textil · Kiel", "Nordwind Textil"), ("Leverancier Nordwind Textil", "Leverancier Nordwind Textil")]
)
def test_a_heading_in_front_of_a_name_is_no_part_of_it_where_the_page_shows_the_name_without(foot: str, name: str) -> None:
    lines = ((50.0, 80.0, "Leverancier Nordwind"), (50.0, 92.0, "Textil"), (50.0, 700.0, foot))
    sure = {SELLER: 0.97}
    page = tagged(*lines, opinions={"Leverancier": {SELLER: 0.8}, "Nordwind": sure, "Textil": sure}, language="nl")
    page.starts[:] = 0.0
    assert assemble(page).header.seller_name == name


def test_a_name_of_two_words_of_which_one_could_be_a_heading_stays_whole() -> None:
    sure = {SELLER: 0.97}
    lines = ((50.0, 80.0, "Vendor Partners"), (50.0, 200.0, "Partners register: Kiel"), (50.0, 214.0, "Partners seat: Kiel"))
    assert header(*lines, Vendor=sure, Partners=sure).seller_name == "Vendor Partners"


def test_a_caption_in_front_of_a_name_that_goes_on_below_is_no_line_of_it() -> None:
    sure = {SELLER: 0.97}
    names = {"Zahlungsempfänger": {SELLER: 0.55}, "Nordwind": sure, "Textil": sure, "Nonprofit": sure, "GmbH": sure}
    page = tagged((50, 80, "Zahlungsempfänger Nordwind Textil"), (50, 92, "Nonprofit GmbH"), opinions=names)
    page.starts[:] = 0.0
    page.starts[1] = 1.0
    assert assemble(page).header.seller_name == "Nordwind Textil Nonprofit GmbH"


def test_the_last_word_of_a_name_in_a_narrow_cell_is_no_name() -> None:
    sure = {SELLER: 0.97}
    lines = ((50.0, 80.0, "NORDWIND TEXTIL"), (300.0, 200.0, "Nordwind"), (300.0, 212.0, "Textil"))
    assert header(*lines, NORDWIND=sure, TEXTIL=sure, Textil={SELLER: 0.99}).seller_name == "NORDWIND TEXTIL"


def test_a_legal_form_goes_with_the_name_over_it_at_the_right_margin() -> None:
    sure = {SELLER: 0.97}
    page = tagged((300, 80, "Nordwind Textil"), (368, 92, "SA"), opinions={"Nordwind": sure, "Textil": sure, "SA": {SELLER: 0.99}})
    page.starts[2] = 1.0
    assert assemble(page).header.seller_name == "Nordwind Textil SA"


def test_a_caption_in_front_of_a_name_speaks_for_it() -> None:
    names = {"Firmenname": {SELLER: 0.6}, "Nordwind": {SELLER: 0.75}, "Kennwort": {SELLER: 0.88}}
    page = tagged((50, 80, "Kennwort"), (50, 300, "Firmenname Nordwind"), opinions=names, language="de")
    page.starts[:] = 1.0
    assert assemble(page).header.seller_name == "Nordwind"


def test_a_name_that_ends_with_its_line_is_read_on_in_the_next_one() -> None:
    """The network is surer of the end of one line than of the whole name elsewhere."""
    lines = ((50.0, 80.0, "Nordkai Hafen Amt"), (400.0, 700.0, "Cheques to NORDKAI"), (400.0, 712.0, "HAFEN AMT"))
    told = {"Nordkai": {SELLER: 0.7}, "Hafen": {SELLER: 0.7}, "Amt": {SELLER: 0.6}, "NORDKAI": {SELLER: 0.97}}
    assert header(*lines, **told).seller_name == "Nordkai Hafen Amt"
    other = (*lines[:2], (400.0, 712.0, "STORE HOUSE"))
    assert header(*other, **told).seller_name == "NORDKAI"


@pytest.mark.parametrize(
    ("printed", "vat_id"), [("NIF: (ES) B12345674", "B12345674"), ("(VAT) GB 123 4567 82", "GB123456782"), ("(GB123456782)", "GB123456782")]
)
def test_what_stands_in_brackets_before_a_vat_id_is_no_part_of_it(printed: str, vat_id: str) -> None:
    assert clean_vat_id(printed) == vat_id


@pytest.mark.parametrize(("caption", "found"), [("Customer ID:", None), ("Kunden-Nr.:", None), ("Customer VAT ID:", "CU1234567")])
def test_the_number_of_a_customer_is_no_vat_id(caption: str, found: str | None) -> None:
    assert header((50, 80, f"{caption} CU1234567"), CU1234567={BUYER_ID: 0.9}).buyer_vat_id == found


def test_a_name_is_read_on_over_its_dash() -> None:
    lines = ((50.0, 80.0, "Nordkai - Reederei"), (50.0, 790.0, "Nordkai - Reederei"))
    document = tagged(*lines, opinions={"Nordkai": {SELLER: 0.97}, "-": {SELLER: 0.6}, "Reederei": {SELLER: 0.6}})
    for word in (4, 5):  # at the foot of the page the network has not seen the end
        document.labels[word] = document.labels[word] * 0.01
        document.labels[word, 0] = 0.99
    assert assemble(document).header.seller_name == "Nordkai - Reederei"


def test_a_slip_that_names_both_parties_sets_nothing_right_though_the_seller_is_half_told() -> None:
    names = {"Nordwind": {SELLER: 0.95}, "Tannenhof": {BUYER: 0.95}, "TANNENHOF": {SELLER: 0.95}, "NORDWIND": {SELLER: 0.75, BUYER: 0.2}}
    lines = ((50.0, 80.0, "Nordwind"), (50.0, 200.0, "Tannenhof"), (50.0, 790.0, "TANNENHOF"), (350.0, 790.0, "NORDWIND"))
    found = header(*lines, **names)
    assert ((found.seller_name or "").casefold(), (found.buyer_name or "").casefold()) == ("nordwind", "tannenhof")


@pytest.mark.parametrize(
    ("line", "elsewhere", "name"),
    [
        ("Nordwind, 12 Harbour", "Nordwind", "Nordwind"),
        ("Nordwind, 12 Harbour", "Hello", "Nordwind"),
        ("Nordwind, Harbour", "Nordwind", "Nordwind"),
        ("Nordwind, Harbour", "Hello", "Nordwind, Harbour"),
        ("Nordwind, Harbour", "NORDWIND", "Nordwind, Harbour"),  # not as a party's
    ],
)
def test_an_address_behind_the_comma_of_a_name_is_no_part_of_it(line: str, elsewhere: str, name: str) -> None:
    words = {word: {SELLER: 0.9} for word in line.split()}
    words["Nordwind"] = {SELLER: 0.6}
    assert header((50, 80, elsewhere), (50, 300, line), **words).seller_name == name


@pytest.mark.parametrize(("caption", "buyer"), [("Nadawca", "Contoso"), ("Nabywca", "Fabrikam")])
def test_the_heading_directly_over_a_name_outweighs_one_in_another_column(caption: str, buyer: str) -> None:
    """The name beside the heading of the buyer's block is the sender's of the goods."""
    names = {"Contoso": {BUYER: 0.6}, "Fabrikam": {BUYER: 0.7}}
    page = ((50.0, 100.0, "Kupujący"), (300.0, 88.0, caption), (300.0, 100.0, "Fabrikam"), (50.0, 112.0, "Contoso"))
    assert header(*sorted(page, key=lambda line: (line[1], line[0])), language="pl", **names).buyer_name == buyer


@pytest.mark.parametrize(("elsewhere", "name"), [("Hello", None), ("HR", "HR")])
def test_a_monogram_is_no_name_unless_the_page_calls_the_party_so(elsewhere: str, name: str | None) -> None:
    assert header((50, 80, "HR"), (50, 700, elsewhere), HR={SELLER: 0.6}).seller_name == name


def test_a_company_may_be_called_as_its_block_is_headed_where_its_country_follows() -> None:
    names = {"Vendor": {SELLER: 0.7}, "(UK)": {SELLER: 0.9}, "Ltd": {SELLER: 0.9}}
    assert header((50, 80, "Vendor (UK) Ltd"), (50, 300, "Hello"), (50, 312, "(UK) Ltd"), **names).seller_name == "Vendor (UK) Ltd"
