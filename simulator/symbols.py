"""The securities the simulator lists: names and exchanges are real, prices are illustrative and not a quotation."""

from dataclasses import dataclass

from market.vocabulary import Exchange, InstrumentKind


@dataclass(frozen=True, slots=True)
class Listing:
    """One listed security with the reference price (VND) of a new simulation's first day."""

    symbol: str
    name: str
    exchange: Exchange
    kind: InstrumentKind
    first_reference: int


_HOSE_STOCKS = (
    ("VIC", "Vingroup JSC", 85_500),
    ("VHM", "Vinhomes JSC", 78_300),
    ("VRE", "Vincom Retail JSC", 29_800),
    ("VNM", "Vietnam Dairy Products JSC", 62_500),
    ("FPT", "FPT Corporation", 98_500),
    ("HPG", "Hoa Phat Group JSC", 27_150),
    ("VCB", "Joint Stock Commercial Bank for Foreign Trade of Vietnam", 61_200),
    ("BID", "Bank for Investment and Development of Vietnam", 38_450),
    ("CTG", "Vietnam Joint Stock Commercial Bank for Industry and Trade", 40_500),
    ("TCB", "Vietnam Technological and Commercial Joint Stock Bank", 34_900),
    ("MBB", "Military Commercial Joint Stock Bank", 24_500),
    ("ACB", "Asia Commercial Joint Stock Bank", 25_300),
    ("VPB", "Vietnam Prosperity Joint Stock Commercial Bank", 28_900),
    ("STB", "Saigon Thuong Tin Commercial Joint Stock Bank", 52_300),
    ("HDB", "Ho Chi Minh City Development Joint Stock Commercial Bank", 30_150),
    ("SSI", "SSI Securities Corporation", 33_800),
    ("VND", "VNDIRECT Securities Corporation", 20_450),
    ("HCM", "Ho Chi Minh City Securities Corporation", 24_100),
    ("MWG", "Mobile World Investment Corporation", 78_500),
    ("PNJ", "Phu Nhuan Jewelry JSC", 88_000),
    ("MSN", "Masan Group Corporation", 80_200),
    ("GAS", "PetroVietnam Gas JSC", 63_500),
    ("PLX", "Vietnam National Petroleum Group", 35_600),
    ("POW", "PetroVietnam Power Corporation", 13_250),
    ("SAB", "Saigon Beer - Alcohol - Beverage Corporation", 46_900),
    ("VJC", "Vietjet Aviation JSC", 130_500),
    ("DGC", "Duc Giang Chemicals Group JSC", 95_600),
    ("REE", "Refrigeration Electrical Engineering Corporation", 65_000),
    ("KDH", "Khang Dien House Trading and Investment JSC", 33_450),
    ("HAG", "Hoang Anh Gia Lai JSC", 9_850),
)

_HOSE_ETFS = (
    ("E1VFVN30", "DCVFMVN30 ETF", 33_120),
    ("FUEVFVND", "DCVFMVN DIAMOND ETF", 38_540),
)

_HNX_STOCKS = (
    ("SHS", "Saigon - Hanoi Securities JSC", 22_400),
    ("PVS", "PetroVietnam Technical Services Corporation", 33_500),
    ("IDC", "IDICO Corporation", 38_900),
    ("CEO", "C.E.O Group JSC", 24_100),
    ("MBS", "MB Securities JSC", 28_700),
    ("VCS", "Vicostone JSC", 46_500),
    ("TNG", "TNG Investment and Trading JSC", 19_800),
    ("NTP", "Tien Phong Plastic JSC", 62_900),
)

_UPCOM_STOCKS = (
    ("ACV", "Airports Corporation of Vietnam", 52_400),
    ("VGI", "Viettel Global Investment JSC", 72_300),
    ("VEA", "Vietnam Engine and Agricultural Machinery Corporation", 38_900),
    ("QNS", "Quang Ngai Sugar JSC", 46_800),
    ("FOX", "FPT Telecom JSC", 62_000),
    ("OIL", "PetroVietnam Oil Corporation", 11_500),
    ("VGT", "Vietnam National Textile and Garment Group", 12_400),
    ("MSR", "Masan High-Tech Materials Corporation", 25_100),
)


def _listings(rows: tuple[tuple[str, str, int], ...], exchange: Exchange, kind: InstrumentKind) -> tuple[Listing, ...]:
    return tuple(Listing(symbol, name, exchange, kind, price) for symbol, name, price in rows)


LISTINGS: tuple[Listing, ...] = (
    *_listings(_HOSE_STOCKS, Exchange.HOSE, InstrumentKind.STOCK),
    *_listings(_HOSE_ETFS, Exchange.HOSE, InstrumentKind.ETF),
    *_listings(_HNX_STOCKS, Exchange.HNX, InstrumentKind.STOCK),
    *_listings(_UPCOM_STOCKS, Exchange.UPCOM, InstrumentKind.STOCK),
)
