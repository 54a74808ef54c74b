"""Documents: what the PDFs say, in which format, and that they are the same bytes every time."""

import hashlib
import os
import pickle
import subprocess
import sys
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from telebill_assets.invoicing.documents.call_detail import CallDetail, masked
from telebill_assets.invoicing.documents.file_name import file_name
from telebill_assets.invoicing.documents.formats import Formats
from telebill_assets.invoicing.documents.render import RenderError, render
from telebill_assets.invoicing.documents.view import view
from telebill_assets.invoicing.documents.words import DE, EN
from telebill_assets.invoicing.model import Invoice, InvoiceLine, InvoiceTax, Party
from telebill_assets.tables.line_kinds import LINE_KINDS
from telebill_assets.tables.taxed_charges import TAX_LEVELS
from telebill_assets.tables.validated_usage import JURISDICTIONS

SUPPLY = date(2020, 4, 24)
STUDIO = Party(
    name="Studio Sample (placeholder)",
    street="Street Name 1",
    city="City Name",
    postal_code="70000",
    country="DE",
    phone="0000 1505555",
    email="emailname@server.example",
    tax_number="DE123456789",
    iban="DE02 1203 0000 0000 2020 51",
    clerk="Your Name",
)
GUEST = Party(
    name="Current Name", attention="Ms", street="Street Name 1", city="City Name", postal_code="70000", country="DE"
)
NORTHLINE = Party(
    name="Northline Telecom Inc.",
    street="100 Example Plaza",
    city="Austin",
    state="TX",
    postal_code="78701",
    country="US",
    phone="+1 800 555 0100",
    email="billing@northline.example",
    tax_number="00-0000000",
)
DENTIST = Party(
    name="Oak Ridge Dental Group LLC",
    attention="Accounts Payable",
    street="101 Commerce Street",
    city="Austin",
    state="TX",
    postal_code="78702",
    country="US",
)
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


def line(
    number: int, kind: str, text: str, quantity: str, unit: str, price: str | None, amount: str, **more
) -> InvoiceLine:
    whole = {
        "line_id": f"A-{number}",
        "product": "any",
        "article_nr": None,
        "destination": None,
        "jurisdiction": None,
        "calls": None,
        "talk_s": None,
        "billed_s": None,
        "service_from": FIRST,
        "service_to": LAST,
    }
    return InvoiceLine(
        number=number,
        line_kind=kind,
        description=text,
        quantity=quantity,
        unit=unit,
        unit_price=price,
        amount=amount,
        **(whole | more),
    )


def tax(
    level: str, tax_type: str, text: str, authority: str, region: str, rate: str, base: str, amount: str, fee: str = "0"
) -> InvoiceTax:
    return InvoiceTax(
        level=level,
        tax_type=tax_type,
        description=text,
        authority=authority,
        region=region,
        rate=rate,
        fee_rate=fee,
        base=base,
        amount=amount,
    )


def sample_invoice(**changes) -> Invoice:
    """275.63 = 273.11 + 2.52; 19 % of it is 52.3697; 275.63 + 52.37 + 16.80 = 344.80."""
    supplied = {"service_from": SUPPLY, "service_to": SUPPLY}
    menu = (
        "Food photography for summer menu. Menu design and printing on glossy cardboard DIN A5 double sided 50 pieces."
    )
    sample = Invoice(
        invoice_number="STU-2020-04-000001",
        billing_month=date(2020, 4, 1),
        account_id="STU-1",
        seller_id="STU",
        layout="sample",
        locale="de_DE",
        language="en",
        currency="EUR",
        call_detail="none",
        invoice_date=SUPPLY,
        due_date=date(2020, 5, 8),
        seller=STUDIO,
        customer=GUEST,
        lines=(
            line(1, "one_off", menu, "1.000000", "pcs", "273.11000000", "273.11", **supplied),
            line(2, "one_off", "Single product photo on white background", "1", "pcs", "2.52", "2.52", **supplied),
            line(3, "pass_through", "Photo Licenses for Certificates", "1", "pcs", "16.80", "16.80", **supplied),
        ),
        taxes=(tax("federal", "051", "VAT", "GERMANY", "DE", "0.19000000", "275.63", "52.37"),),
        net="275.63",
        tax="52.37",
        pass_through="16.80",  # noqa: S106
        payable="344.80",
        **supplied,
    )
    return sample.model_copy(update=changes)


def telecom_invoice(**changes) -> Invoice:
    """4.01 - 1.01 + 499.00 + 50.00 = 552.00; 34.30 + 34.50 + 10.00 + 11.04 = 89.84; with 12.50 it is 654.34."""
    month = telecom_lines()
    bill = Invoice(
        invoice_number="NLT-2026-10-000001",
        billing_month=FIRST,
        account_id="US-1001",
        seller_id="NLT",
        layout="telecom",
        locale="en_US",
        language="en",
        currency="USD",
        call_detail="masked",
        invoice_date=date(2026, 11, 1),
        due_date=date(2026, 12, 1),
        service_from=FIRST,
        service_to=LAST,
        seller=NORTHLINE,
        customer=DENTIST,
        lines=month,
        taxes=(
            tax("state", "101", "STATE SALES TAX", "TEXAS, STATE OF", "TX", "0.0625", "552.00", "34.50"),
            tax("state", "106", "STATE 911 SURCHARGE", "TEXAS, STATE OF", "TX", "0", "499.00", "10.00", fee="0.50"),
            tax(
                "county",
                "202",
                "COUNTY AND DISTRICT SALES TAX",
                "TEXAS, LOCAL AUTHORITIES OF",
                "TX",
                "0.02",
                "552.00",
                "11.04",
            ),
            tax(
                "federal",
                "035",
                "FEDERAL UNIVERSAL SERVICE FUND",
                "FEDERAL COMMUNICATIONS COMMISSION",
                "US",
                "0.343",
                "100.00",
                "34.30",
            ),
        ),
        net="552.00",
        tax="89.84",
        pass_through="12.50",  # noqa: S106
        payable="654.34",
    )
    return bill.model_copy(update=changes)


def telecom_lines() -> tuple[InvoiceLine, ...]:
    used = {"calls": 19, "talk_s": 20000, "billed_s": 20040, "jurisdiction": "interstate"}
    return (
        line(1, "usage", "Calls to United States, interstate", "334", "min", "0.012", "4.01", **used),
        line(2, "allowance", "Included: us-canada", "84.166667", "min", None, "-1.01"),
        line(3, "recurring", "SIP trunk", "20", "trunk", "24.95", "499.00"),
        line(4, "one_off", "Activation", "1", "pcs", "50", "50.00"),
        line(5, "pass_through", "Directory listing, Example Books Inc.", "1", "pcs", "12.50", "12.50"),
    )


def calls(count: int) -> list[CallDetail]:
    start = datetime(2026, 10, 1, 8, 0, 7)
    return [
        CallDetail(
            start + timedelta(minutes=11 * i), "+13125550142", "United States", "interstate", 65, Decimal("0.013"), "t1"
        )
        for i in range(count)
    ]


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text().replace("\xa0", " ").replace("\u2009", " ") for page in PdfReader(BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    return "\n".join(pages(pdf))


def test_the_sample_invoice_prints_the_corrected_sums_in_german_format_and_english_words():
    said = text(render(sample_invoice(), []))
    for value in (
        "273,11 €",
        "2,52 €",
        "275,63 €",
        "52,37 €",
        "328,00 €",
        "16,80 €",
        "344,80 €",
        "24.04.2020",
        "08.05.2020",
    ):
        assert value in said
    for words in (
        "Num.",
        "Article Nr.",
        "Goods, Service",
        "VAT 19 % on 275,63 €",
        "Total Amount Payable",
        "Page 1 of 1",
    ):
        assert words in said
    assert "Dear Ms Current Name," in said
    assert "Your Name" in said
    assert "DE02 1203 0000 0000 2020 51" in said


def test_a_pass_through_item_stands_below_the_tax_and_not_among_the_positions():
    model = view(sample_invoice(), [])
    assert [position[0] for position in model["positions"]] == ["1", "2"]
    assert [label for label, _ in model["totals"]][-1] == "Photo Licenses for Certificates (not subject to VAT)"


def test_the_telecom_invoice_shows_every_charge_and_tax():
    said = text(render(telecom_invoice(), calls(3)))
    for value in ("$4.01", "-$1.01", "$499.00", "$50.00", "$12.50", "$552.00", "$89.84", "$654.34"):
        assert value in said
    for words in (
        "Usage charges, Oct 1 \N{EN DASH} 31, 2026",
        "Toll-free +1 800 555 0100",
        "Provided and billed by Northline Telecom Inc.",
        "Directory listing, Example Books Inc.",
        "334:00",
        "84:10",
        "December 1, 2026",
        "FEDERAL UNIVERSAL SERVICE FUND",
        "34.30%",
        "$0.50 per unit",
    ):
        assert words in said


def test_taxes_stand_by_level_with_their_subtotals():
    levels = view(telecom_invoice(), [])["tax_levels"]
    assert [(level["title"], level["subtotal"]) for level in levels] == [
        ("Federal", "$34.30"),
        ("State · TX", "$44.50"),
        ("County · TX", "$11.04"),
    ]
    assert levels[1]["rows"][0] == ["STATE SALES TAX", "TEXAS, STATE OF", "6.25%", "$552.00", "$34.50"]


def test_a_german_telecom_invoice_speaks_german():
    german = telecom_invoice(
        locale="de_DE", language="de", currency="EUR", seller=STUDIO, customer=GUEST, taxes=sample_invoice().taxes
    )
    said = text(render(german, []))
    for words in (
        "Rechnung",
        "USt-IdNr. DE123456789",
        "1. Dezember 2026",
        "654,34 €",
        "USt.",
        "Seite 1 von",
        "Landesweit",
    ):
        assert words in said


def test_the_document_is_pdf_a_3b_and_its_metadata_name_the_number_only():
    reader = PdfReader(BytesIO(render(telecom_invoice(), [])))
    xmp = reader.xmp_metadata.stream.get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in xmp
    assert reader.metadata.title == "NLT-2026-10-000001"
    assert reader.metadata.author is None
    assert reader.metadata.creation_date.isoformat() == "2026-11-01T00:00:00+00:00"
    assert "Oak Ridge" not in xmp + str(reader.metadata)


def test_only_the_packaged_truetype_fonts_are_used():
    fonts = PdfReader(BytesIO(render(sample_invoice(), []))).pages[0]["/Resources"]["/Font"].values()
    described = [font.get_object()["/DescendantFonts"][0].get_object() for font in fonts]
    assert all("SourceSansPro" in font["/BaseFont"] for font in described)
    assert {font["/Subtype"] for font in described} == {"/CIDFontType2"}


def test_the_bytes_are_the_same_again_and_in_a_fresh_process(tmp_path: Path):
    first = render(telecom_invoice(), calls(3))
    assert render(sample_invoice(), []) != first
    assert render(telecom_invoice(), calls(3)) == first
    (tmp_path / "invoice").write_bytes(pickle.dumps((telecom_invoice(), calls(3))))
    program = (
        "import hashlib, pathlib, pickle, sys\n"
        "from telebill_assets.invoicing.documents.render import render\n"
        "print(hashlib.sha256(render(*pickle.loads(pathlib.Path(sys.argv[1]).read_bytes()))).hexdigest())"
    )
    fresh = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "invoice"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "7"},
    )
    assert fresh.stdout.strip() == hashlib.sha256(first).hexdigest()


def test_markup_in_a_name_is_printed_literally():
    hostile = 'A #panic("x") *b* $x^2$ <t> @r \\ `c`'
    said = text(render(telecom_invoice(customer=DENTIST.model_copy(update={"name": hostile})), []))
    assert hostile in said


def test_a_character_no_font_has_is_an_error_that_names_the_invoice_but_not_the_customer():
    nameless = DENTIST.model_copy(update={"name": "日本 Dental"})
    with pytest.raises(RenderError) as caught:
        render(telecom_invoice(customer=nameless), [])
    assert str(caught.value) == (
        "invoice NLT-2026-10-000001 cannot be rendered: no font has a glyph for one of its characters"
    )
    assert caught.value.__suppress_context__


def test_a_layout_without_template_is_an_error():
    with pytest.raises(RenderError, match="NLT-2026-10-000001"):
        render(telecom_invoice(layout="unknown"), [])


def test_a_process_forked_after_rendering_refuses_instead_of_hanging():
    render(sample_invoice(), [])
    child = os.fork()
    if child == 0:
        try:
            render(sample_invoice(), [])
        except RenderError:
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize(("amount", "currency"), [("0.125", "EUR"), ("1.5", "JPY"), ("1.0001", "KWD")])
def test_an_amount_that_is_not_rounded_is_refused(amount: str, currency: str):
    with pytest.raises(ValueError, match="not rounded"):
        Formats("en_US", currency).money(Decimal(amount))


def test_an_unrounded_invoice_is_not_printed():
    with pytest.raises(ValueError, match="not rounded"):
        view(telecom_invoice(net=Decimal("552.005")), [])


def test_values_are_written_as_the_locale_writes_them():
    german = Formats("de_DE", "EUR")
    assert german.money(Decimal("1234567.90")) == "1.234.567,90\xa0€"
    assert german.price(Decimal("0.01230000")) == "0,0123\xa0€"
    assert german.price(Decimal("100.00000000")) == "100,00\xa0€"
    assert german.number(Decimal("1300.500000")) == "1.300,5"
    assert german.percent(Decimal("0.19000000")) == "19\xa0%"
    assert german.percent(Decimal("0.0625"), 3) == "6,250\xa0%"
    assert german.call_charge(Decimal("0.01235")) == "0,0124"
    assert german.minutes(74_105) == "1.235:05"
    assert Formats("ja_JP", "JPY").money(Decimal(1500)) == "￥1,500"


def test_numbers_are_masked_or_shown_as_the_customer_chose():
    assert masked("+13125550142") == "+13125550xxx"
    hidden = text(render(telecom_invoice(call_detail="masked"), calls(2)))
    assert "+13125550xxx" in hidden
    assert "+13125550142" not in hidden
    assert "The last three digits of called numbers are hidden." in hidden
    shown = text(render(telecom_invoice(call_detail="full"), calls(2)))
    assert "+13125550142" in shown
    assert "hidden" not in shown
    assert view(telecom_invoice(call_detail="none"), calls(2))["calls"] is None


def test_calls_stand_in_order_of_time_with_their_sum():
    detail = view(telecom_invoice(), list(reversed(calls(3))))["calls"]
    assert [row[:2] for row in detail["rows"]] == [["Oct 1", "08:00:07"], ["Oct 1", "08:11:07"], ["Oct 1", "08:22:07"]]
    assert detail["rows"][0][4:] == ["United States", "Interstate", "1:05", "0.0130"]
    assert (detail["total_label"], detail["total_duration"], detail["total"]) == ("Total, 3 calls", "3:15", "0.0390")


def test_more_than_a_thousand_calls_are_cut_with_a_sentence():
    detail = view(telecom_invoice(), calls(1234))["calls"]
    assert len(detail["rows"]) == 1000
    assert detail["notes"][0].startswith("The first 1,000 calls are shown. 234 more calls are part of the charges")
    assert detail["total_label"] == "Total, 1,234 calls"


def test_pages_are_counted_and_table_heads_repeated():
    printed = pages(render(telecom_invoice(), calls(120)))
    assert len(printed) > 2
    assert f"Page 2 of {len(printed)}" in printed[1]
    assert all("Number called" in page for page in printed[2:])


def test_addresses_are_written_as_their_country_does():
    austin = view(telecom_invoice(), [])
    assert austin["customer"]["lines"] == [
        "Oak Ridge Dental Group LLC",
        "Accounts Payable",
        "101 Commerce Street",
        "Austin, TX 78702",
    ]
    assert austin["paper"] == "us-letter"
    london = DENTIST.model_copy(update={"city": "London", "state": None, "postal_code": "EC1A 1BB", "country": "GB"})
    assert view(sample_invoice(customer=london), [])["customer"]["lines"][-2:] == ["London EC1A 1BB", "UNITED KINGDOM"]
    assert view(sample_invoice(), [])["customer"]["lines"] == ["Ms", "Current Name", "Street Name 1", "70000 City Name"]


def test_both_languages_have_the_same_words_for_all_that_tables_can_hold():
    assert DE.keys() == EN.keys()
    assert all(DE.values())
    assert {f"jurisdiction_{name}" for name in JURISDICTIONS} <= EN.keys()
    assert {f"level_{name}" for name in TAX_LEVELS} <= EN.keys()
    assert {f"{what}_{name}" for name in LINE_KINDS for what in ("kind", "total")} <= EN.keys()


def test_a_language_without_words_is_refused():
    with pytest.raises(ValueError, match="no invoice words in language 'fr'"):
        view(sample_invoice(language="fr"), [])


def test_the_file_is_named_by_the_number():
    assert file_name(sample_invoice()) == "STU-2020-04-000001.pdf"


def test_an_invoice_without_tax_or_own_charges_is_rendered():
    alone = telecom_invoice(
        lines=telecom_lines()[4:], taxes=(), net=Decimal(0), tax=Decimal(0), payable=Decimal("12.50")
    )
    assert "Total third-party charges $12.50" in " ".join(text(render(alone, [])).split())
