"""Where the rules come from. Copies were read on one day; many pages carry no date of their own."""

from dataclasses import dataclass
from datetime import date

READ_ON = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Source:
    """A text the rules rest on; `dated` is the date it states itself, None where it states none."""

    id: str
    title: str
    dated: date | None
    urls: tuple[str, ...]

    @property
    def as_of(self) -> date:
        return self.dated or READ_ON


_ROWS = (
    Source("S1", "SSI, KRX equity FAQ", None, ("https://www.ssi.com.vn/en/individual-customer/krx-equity-market-faq",)),
    Source(
        "S2",
        "SSI, HNX regulation",
        None,
        ("https://www.ssi.com.vn/en/individual-customer/transaction-regulation-on-hnx",),
    ),
    Source(
        "S3",
        "SSI, UPCOM regulation",
        None,
        ("https://www.ssi.com.vn/en/individual-customer/transaction-regulation-on-upcom",),
    ),
    Source(
        "S4",
        "HSC, listed securities rules, 2025-05-03",
        date(2025, 5, 3),
        ("https://www.hsc.com.vn/en/1-listed-securities-trading-regulations",),
    ),
    Source(
        "S5",
        "HSC, HOSE sessions",
        None,
        ("https://www.hsc.com.vn/en/client-guideline?article=hsx-trading-regulations",),
    ),
    Source("S6", "HSC, restricted stocks note", None, ("https://www.hsc.com.vn/en/11-quy-dinh-giao-dich-cua-hsx",)),
    Source(
        "S7", "HSC, HNX rules", None, ("https://hsc.com.vn/en/transaction-regulations/12-hnx-trading-regulations.html",)
    ),
    Source(
        "S8", "HSC, UPCOM rules", None, ("https://www.hsc.com.vn/en/2-unlisted-securities-trading-regulations-upcom",)
    ),
    Source(
        "S9",
        "HSC, changes of the new system",
        None,
        ("https://hsc.com.vn/en/news/important-changes-of-new-trading-system.html",),
    ),
    Source(
        "S10",
        "FPTS, HOSE",
        None,
        (
            "http://fpts.vn/customer-service/securities-trading/stock-trading-guide/trading-regulations/hose-trading-regulations",
        ),
    ),
    Source(
        "S11",
        "FPTS, HNX",
        None,
        (
            "http://fpts.vn/customer-service/securities-trading/stock-trading-guide/trading-regulations/hnx-trading-regulations/underlying-securities-trading",
        ),
    ),
    Source(
        "S12",
        "Yuanta, KRX questions, 2025-05-05",
        date(2025, 5, 5),
        ("https://support.yuanta.com.vn/en/support/new-krx-system/krx-frequently-asked-questions",),
    ),
    Source(
        "S13",
        "PHS, order types under KRX",
        None,
        ("https://www.phs.vn/tin-tuc/thay-doi-ve-loai-lenh-giao-dich-khi-ap-dung-he-thong-krx/6267061",),
    ),
    Source("S14", "PHS, trading guide", None, ("https://www.phs.vn/en/products/trading-guides/62",)),
    Source(
        "S15",
        "SBSC, HOSE / HNX / UPCOM (edited 2026-03-10)",
        date(2026, 3, 10),
        ("https://sbsc.com.vn/en/support/hsx-trading-regulations",),
    ),
    Source(
        "S16",
        "HOSE notice of 2025-03-13 as reported",
        date(2025, 3, 13),
        (
            "https://www.vietnam.vn/en/bay-thay-doi-quan-trong-ve-quy-dinh-giao-dich-khi-ap-dung-he-thong-cong-nghe-thong-tin-moi-cho-thi-truong-chung-khoan",
            "https://baomoi.net.vn/hose-thong-tin-du-kien-loat-quy-dinh-moi-khi-van-hanh-he-thong-krx-c51705241.epi",
        ),
    ),
    Source(
        "S17",
        "Decision 17/QĐ-HĐTV 2022, articles quoted by LawNet",
        None,
        (
            "https://lawnet.vn/ngan-hang-phap-luat/en/tu-van-phap-luat/chung-khoan/what-are-principles-of-order-matching-principles-and-order-matching-price-determination-in-managing-listed-securities-transactions-in-vietnam-399127",
            "http://118.69.201.250:801/phap-luat/lenh-lo-la-gi-lenh-lo-khong-duoc-phep-sua-doi-huy-trong-nhung-phien-giao-dich-nao-theo-quy-dinh-519138-177663.html",
        ),
    ),
    Source(
        "S18",
        "DNSE guide 1.1.3, 1.1.5",
        None,
        (
            "https://hdsd.dnse.com.vn/man-hinh-giao-dich/1.-nguyen-tac-giao-dich-chung/1.1.5.-sua-huy-lenh-giao-dich-khop-lenh",
        ),
    ),
    Source(
        "S19",
        "HOSE Decision 352/2021",
        None,
        (
            "https://lawnet.vn/ngan-hang-phap-luat/en/tu-van-phap-luat/chung-khoan/what-is-determination-of-ceiling-price-floor-price-and-price-fluctuation-range-at-the-ho-chi-minh-city-stock-exchange-in-vietnam-394671",
            "http://bizhub.vn/markets/amost-no-change-under-new-trading-regulations-at-hose_325625.html",
        ),
    ),
    Source(
        "S20",
        "ACBS questions and answers, pages 3, 4, 6; CASC",
        None,
        (
            "https://acbs.com.vn/en/faq/regulations-in-underlying-securities-trading/page/3",
            "https://casc.vn/en/tin-moi-nhat/regulations-on-transactions-at-ho-chi-minh-stock-exchange-190-28288.html",
        ),
    ),
    Source(
        "S21",
        "AAS, order types HOSE / HNX (2025-08-09)",
        date(2025, 8, 9),
        ("https://aas.com.vn/en/faq/types-of-orders-on-hsx-exchange", "https://aas.com.vn/?p=31704"),
    ),
    Source("S22", "KIS, HOSE MP pilot 2012", None, ("https://kisvn.vn/en/hose-to-pilot-market-order-mp-2",)),
    Source("S23", "KB Securities, trading rules", None, ("https://www.kbsec.com.vn/vi/quy-dinh-ve-giao-dich.htm",)),
    Source(
        "S24",
        "PHS, covered warrants",
        None,
        ("https://www.phs.vn/en/products/trading-regulation-for-cw-on-secondary-market/15",),
    ),
    Source(
        "S25",
        "HSC, older exchange pages (band collapse)",
        None,
        (
            "https://www.hsc.com.vn/en/transaction-regulations/hsx-trading-regulations.html",
            "https://hsc.com.vn/en/quy-dinh-giao-dich/quy-dinh-giao-dich-cua-hnx.html",
        ),
    ),
    Source(
        "S26",
        "VDSC, HNX band collapse 2012",
        date(2012, 3, 26),
        (
            "https://dataen.vdsc.com.vn/2012/03/hnx-some-changes-on-trading-regulations-on-hnx-listed-stock-market-from-26-03-2012-36-122056.htm",
        ),
    ),
    Source("S27", "BSC, UPCOM (Vietnamese)", None, ("https://www.bsc.com.vn/ho-tro/chi-tiet-giao-dich/56",)),
    Source(
        "S28", "VNDIRECT FAQ, order size", None, ("https://www.vndirect.com.vn/ja/customer-services-center-japan/",)
    ),
    Source(
        "S29",
        "Japan Securities on VSD Decisions 109/110 of 2022",
        None,
        ("https://www.japan-sec.vn/en/announcement-about-shortening-settlement-time-for-securities-transactions/",),
    ),
    Source(
        "S33",
        "Circular 120/2020; Circular 203/2015 on opposite orders",
        None,
        (
            "https://vanbanphapluat.co/circular-120-2020-tt-btc-trading-of-listed-and-registered-shares-on-securities-trading-systems",
            "https://trademarkvn.com.vn/en/legal-updated/152-securities/1738-foreign-investor-is-not-allowed-to-conduct-margin-trading.html",
        ),
    ),
    Source(
        "S35",
        "SSI fee table",
        None,
        ("https://www.ssi.com.vn/khach-hang-ca-nhan/bieu-phi/bieu-gia-dich-vu-giao-dich-chung-khoan",),
    ),
    Source(
        "S36",
        "ECSC fee table (exchange fee)",
        None,
        ("https://www.ecsc.vn/bieu-phi-giao-dich-chung-khoan-co-so-c241/",),
    ),
    Source(
        "S37",
        "SSI cash advance; SSI rules as told by Momi (2022); SSI web trading note",
        None,
        (
            "https://www.ssi.com.vn/tin-tuc/tin-tuc-chung/ung-truoc-tien-ban-chung-khoan-tai-ssi",
            "https://momi.vn/news/san-chung-khoan-ssi",
        ),
    ),
    Source(
        "S38",
        "HOSE closed days 2026",
        date(2025, 12, 9),
        ("https://cafef.vn/chung-khoan-viet-nam-se-nghi-giao-dich-12-phien-188251209150402243.chn",),
    ),
    Source(
        "S39",
        "VNX letter 1403/SGDVN-THHC of 2025-11-28 on Tet 2026, as reported",
        date(2025, 11, 28),
        ("https://baomoi.net.vn/chung-khoan-nghi-giao-dich-5-ngay-dip-tet-am-lich-nam-2026-c54493988.epi",),
    ),
    Source(
        "S40",
        "NLD and others: 2026-01-06 was the second session of 2026; the first after Tet was 02-23",
        date(2026, 1, 6),
        (
            "https://nld.com.vn/vn-index-pha-dao-moc-1800-diem-sao-nha-dau-tu-van-chanh-long-196260106150950234.htm",
            "https://plo.vn/vn-index-but-pha-gan-28-diem-lap-ky-luc-cao-chua-tung-co-post890131.html",
        ),
    ),
    Source(
        "S41",
        "SSC letter 3193: days swapped by the government, 2025",
        date(2025, 3, 24),
        (
            "https://baodaknong.vn/lich-nghi-giao-dich-chung-khoan-le-30-4-va-1-5-nam-2025-co-giao-dich-chung-khoan-trong-ngay-di-lam-bu-khong-250324.html",
        ),
    ),
    Source(
        "S42",
        "National Day 2025 closure; b: HNX New Year 2026 notice",
        None,
        (
            "https://www.vietnam.vn/th/chung-khoan-nghi-giao-dich-2-ngay-dip-quoc-khanh-2-9",
            "https://www.vietnam.vn/hi/hnx-nghi-giao-dich-1-ngay-dip-tet-duong-lich-nam-2026",
        ),
    ),
    Source(
        "S43",
        "Politburo Resolution 80-NQ/TW: 24 November, Vietnam Culture Day",
        date(2026, 1, 13),
        (
            "https://vietnam-aujourdhui.info/2026/01/13/vietnam-adds-another-public-holiday-on-nov-24-for-culture-day",
            "https://chaohanoi.com/2026/01/14/vietnam-national-culture-day-proposal/amp",
        ),
    ),
    Source("S44", "The Python package holidays 0.109, country VN", None, ("https://pypi.org/project/holidays/",)),
    Source(
        "S45",
        "Restricted stocks 2022, 2024",
        None,
        (
            "https://www.einpresswire.com/article/574528757/hose-applies-new-trading-rule-for-restricted-stocks",
            "https://www.einpresswire.com/article/714234902/exchanges-crack-down-on-non-compliant-listed-firms",
        ),
    ),
    Source(
        "S46",
        "Margin-ineligible lists",
        None,
        (
            "https://vneconomy.vn/70-co-phieu-bi-cat-margin-trong-quy-12026.htm",
            "https://vneconomy.vn/quy-11016-co-61-ma-bi-cat-margin-tren-hnx.htm",
        ),
    ),
    Source(
        "S47",
        "Derivatives and tax",
        None,
        (
            "https://www.hsc.com.vn/en/quy-dinh-giao-dich-phai-sinh",
            "https://www.fpts.com.vn/customer-service/securities-trading/stock-trading-guide/trading-regulations/hnx-trading-regulations/derivatives-trading",
        ),
    ),
    Source(
        "S49",
        "Circular 69/2023",
        None,
        (
            "https://www.allenandgledhill.com/vn/publication/articles/27208/amends-time-frames-in-continuing-process-to-improve-stock-market-transparency",
            "https://vietnam.postsen.com/business/576326/From-July-1-2025-no-new-stock-listings-will-be-accepted-on-HNX-Circular-692023.html",
        ),
    ),
    Source(
        "S51",
        "Reports on the personal income tax law of 2025 (weak)",
        None,
        ("https://www.binance.bh/en/square/post/33610722791537",),
    ),
    Source(
        "S53", "SSI Python SDK (enums, API_METHODS.md)", None, ("https://github.com/SSI-Securities-Inc/ssi-sdk-python",)
    ),
    Source(
        "S54",
        "SSI FastConnect session codes",
        None,
        ("https://guide.ssi.com.vn/ssi-products/v/tieng-viet/fastconnect-data/bang-ma-du-lieu/phien-giao-dich",),
    ),
    Source("S55", "VPX first day 33,900, 20%", None, ("https://vneconomy.vn/70-co-phieu-bi-cat-margin-tren-hose.htm",)),
    Source(
        "S57",
        "CafeF, order types, 2025-08-17",
        date(2025, 8, 17),
        (
            "https://cafef.vn/cac-loai-lenh-trong-chung-khoan-ato-atc-lo-mtl-hieu-dung-de-giao-dich-hieu-qua-18825081701340814.chn",
        ),
    ),
    Source(
        "S58",
        "HNX 2016 rules (ETF tick, frozen ATC)",
        None,
        ("https://vietnamfdi.vn/se-khong-duoc-huy-lenh-trong-phien-atc-tren-san-ha-noi-tu-ngay-12-9-18_6671.html",),
    ),
    Source(
        "S59",
        "ECSC on HNX Decision 653/2018 (closing price, LO life)",
        None,
        ("https://www.ecsc.vn/bo-sung-phien-giao-dich-sau-gio-va-lenh-giao-dich-sau-gio-hnx-n22/",),
    ),
    Source(
        "S60",
        "VPS, odd lots under KRX",
        None,
        (
            "https://vps.com.vn/en/retail-sales/support/frequently-asked-questions/what-are-the-new-regulations-regarding-odd-lot-securities-trading-when-implementing-the-krx-system",
        ),
    ),
    Source(
        "S62",
        "HOSE 2011, no adjustment above market",
        None,
        ("https://vneconomy.vn/khong-dieu-chinh-gia-tham-chieu-neu-gia-phat-hanh-cao-hon-thi-gia.htm",),
    ),
    Source(
        "S63",
        "Reference price, no-adjust cases",
        None,
        ("http://quantri.vn/dict/details/501-gia-tham-chieu-reference-price",),
    ),
    Source("S64", "VIXS, HOSE auction tie-break", None, ("https://vixs.vn/en/support/hsx-trading-regulations",)),
    Source(
        "S66",
        "FiinQuant order type page",
        None,
        ("https://docs.fiinquant.vn/ham-va-cong-thuc/7.-ham-dat-lenh/7.7.-lenh",),
    ),
    Source(
        "S67",
        "Pre-KRX HOSE amend = cancel + re-enter",
        None,
        ("https://luatduonggia.edu.vn/thoi-gian-phien-giao-dich-chung-khoan",),
    ),
    Source(
        "S68",
        "Draft of Circular 120/2020 on opposite orders",
        None,
        (
            "https://lawnet.vn/thong-tin-phap-luat/en/chinh-sach-moi/implementation-of-securities-transactions-according-to-the-new-draft-circular-148962.html",
        ),
    ),
    Source(
        "S69",
        "VDSC on PLO 2018",
        None,
        (
            "https://vdsc.com.vn/en/news/announcement/announcement-on-implementation-of-trading-regulations-at-ha-noi-stock-exchange-1613-a2091",
        ),
    ),
    Source("S70", "Public file of KRX board/session codes (self-contradictory)", None, ()),
    Source(
        "S71",
        "UPCOM reference as round-lot average",
        None,
        ("https://chungkhoanchuyennghiep.com/bien-do-giao-dong-gia-co-phieu-tren-san-hose-hnx-upcom/",),
    ),
    Source(
        "S72",
        "HOSE round lot 10 -> 100, max 500,000, 2021-01-04",
        date(2021, 1, 4),
        ("https://sggpnews.org.vn/business/hose-increases-minimum-round-lot-from-10-to-100-shares-90066.html",),
    ),
)

SOURCES: dict[str, Source] = {source.id: source for source in _ROWS}
