"""Closed sets of the Call reference: its enumerations, as constants with their wire values.

A flow may write a constant by its value (`en-US`) or by its name (`ENGLISH_US`).
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

DEFAULT_VOICE: Final = "en_US_Joanna"
"""The reference's default voice; to us it means the default voice of the speech provider."""

_READABLE: Final = 12
"""As many values a message may list."""


class Constant(Enum):
    """A member of a closed set. Its value is what the reference puts on the wire."""

    @classmethod
    def read(cls, given: object) -> Self:
        """Return the member with this value or name.

        Raises:
            PydanticCustomError: `wrong_type` when there is none.
        """
        if isinstance(given, cls):
            return given
        if isinstance(given, str | int | float) and not isinstance(given, bool):
            for member in cls:
                if given in (member.value, member.name):
                    return member
        values = [str(member.value) or '""' for member in cls]
        expected = "one of " + ", ".join(values)
        if len(values) > _READABLE:
            expected = f"one of the {len(values)} values of {cls.__name__}, such as {values[0]}"
        raise PydanticCustomError(
            "wrong_type",
            "expected {expected}",
            {"expected": expected, "given": str(given), "allowed": cls.spellings()},
        )

    @classmethod
    def spellings(cls) -> list[str | int]:
        """Return every way to write a member: values first, then names that differ from them."""
        values: list[str | int] = [member.value for member in cls]
        return values + [member.name for member in cls if member.name not in values]

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read by value or name, write the value."""
        return core_schema.no_info_plain_validator_function(
            cls.read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda member: member.value if isinstance(member, cls) else member
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the spellings."""
        return {"enum": cls.spellings()}


class DTMFType(Constant):
    """How a key press travels.

    ALL reports every kind; the first RFC 4733 event then switches in-band detection off. The
    numbers 1 to 3 equal `ToneReceived.type`.
    """

    ALL = 0
    TELEPHONE_EVENT = 1
    IN_BAND = 2
    SIP_INFO = 3


class RecordExpireTime(Constant):
    """How long a recording is kept."""

    THREEMONTHS = ""
    SIXMONTHS = "-6m"
    ONEYEAR = "-1y"
    TWOYEARS = "-2y"
    THREEYEARS = "-3y"
    FIVEYEARS = "-5y"


class ASRLanguage(Constant):
    """Language of a transcription, as BCP 47 tag."""

    ENGLISH_US = "en-US"
    ENGLISH_CA = "en-CA"
    ENGLISH_UK = "en-GB"
    ENGLISH_AU = "en-AU"
    SPANISH_ES = "es-ES"
    SPANISH_MX = "es-MX"
    ITALIAN_IT = "it-IT"
    FRENCH_FR = "fr-FR"
    FRENCH_CA = "fr-CA"
    POLISH_PL = "pl-PL"
    PORTUGUES_PT = "pt-PT"
    CATALAN_ES = "ca-ES"
    CHINESE_TW = "cmn-Hant-TW"
    DANISH_DK = "da-DK"
    GERMAN_DE = "de-DE"
    FINNISH_FI = "fi-FI"
    JAPANESE_JP = "ja-JP"
    KOREAN_KR = "ko-KR"
    DUTCH_NL = "nl-NL"
    NORWEGIAN_NO = "nb-NO"
    PORTUGUESE_BR = "pt-BR"
    RUSSIAN_RU = "ru-RU"
    SWEDISH_SE = "sv-SE"
    CHINESE_CN = "cmn-Hans-CN"
    CHINESE_HK = "cmn-Hans-HK"
    AFRIKAANS_ZA = "af-ZA"
    INDONESIAN_ID = "id-ID"
    MALAYSIA_MY = "ms-MY"
    CZECH_CZ = "cs-CZ"
    ENGLISH_IN = "en-IN"
    ENGLISH_IE = "en-IE"
    ENGLISH_NZ = "en-NZ"
    ENGLISH_PH = "en-PH"
    ENGLISH_ZA = "en-ZA"
    SPANISH_AR = "es-AR"
    SPANISH_BO = "es-BO"
    SPANISH_CL = "es-CL"
    SPANISH_CO = "es-CO"
    SPANISH_CR = "es-CR"
    SPANISH_EC = "es-EC"
    SPANISH_SV = "es-SV"
    SPANISH_US = "es-US"
    SPANISH_GT = "es-GT"
    SPANISH_HN = "es-HN"
    SPANISH_NI = "es-NI"
    SPANISH_PA = "es-PA"
    SPANISH_PY = "es-PY"
    SPANISH_PE = "es-PE"
    SPANISH_PR = "es-PR"
    SPANISH_DO = "es-DO"
    SPANISH_UY = "es-UY"
    SPANISH_VE = "es-VE"
    BASQUE_ES = "eu-ES"
    FILIPINO_PH = "fil-PH"
    GALICIAN_ES = "gl-ES"
    CROATIAN_HR = "hr-HR"
    ZULU_ZA = "zu-ZA"
    ICELANDIC_IS = "is-IS"
    LITHUANIAN_LT = "lt-LT"
    HUNGARIAN_HU = "hu-HU"
    ROMANIAN_RO = "ro-RO"
    SLOVAK_SK = "sk-SK"
    SLOVENIAN_SL = "sl-SI"
    VIETNAMESE_VN = "vi-VN"
    TURKISH_TR = "tr-TR"
    GREEK_GR = "el-GR"
    BULGARIAN_BG = "bg-BG"
    SERBIAN_RS = "sr-RS"
    UKRAINIAN_UA = "uk-UA"
    HEBREW_IL = "he-IL"
    ARABIC_IL = "ar-IL"
    ARABIC_JO = "ar-JO"
    ARABIC_AE = "ar-AE"
    ARABIC_BH = "ar-BH"
    ARABIC_DZ = "ar-DZ"
    ARABIC_SA = "ar-SA"
    ARABIC_IQ = "ar-IQ"
    ARABIC_KW = "ar-KW"
    ARABIC_MA = "ar-MA"
    ARABIC_TN = "ar-TN"
    ARABIC_OM = "ar-OM"
    ARABIC_PS = "ar-PS"
    ARABIC_QA = "ar-QA"
    ARABIC_LB = "ar-LB"
    ARABIC_EG = "ar-EG"
    FARSI_IR = "fa-IR"
    HINDI_IN = "hi-IN"
    THAI_TH = "th-TH"
    CANTONESE_HK = "yue-Hant-HK"
    AMHARIC_ET = "am-ET"
    ARMENIAN_AM = "hy-AM"
    AZERBAIJANI_AZ = "az-AZ"
    BENGALI_BD = "bn-BD"
    BENGALI_IN = "bn-IN"
    ENGLISH_GH = "en-GH"
    ENGLISH_KE = "en-KE"
    ENGLISH_NG = "en-NG"
    ENGLISH_TZ = "en-TZ"
    GEORGIAN_GE = "ka-GE"
    GUJARATI_IN = "gu-IN"
    JAVANESE_ID = "jv-ID"
    KANNADA_IN = "kn-IN"
    KHMER_KH = "km-KH"
    LAO_LA = "lo-LA"
    LATVIAN_LV = "lv-LV"
    MALAYALAM_IN = "ml-IN"
    MARATHI_IN = "mr-IN"
    NEPALI_NP = "ne-NP"
    SINHALA_LK = "si-LK"
    SUNDANESE_ID = "su-ID"
    SWAHILI_TZ = "sw-TZ"
    SWAHILI_KE = "sw-KE"
    TAMIL_IN = "ta-IN"
    TAMIL_SG = "ta-SG"
    TAMIL_LK = "ta-LK"
    TAMIL_MY = "ta-MY"
    TELUGU_IN = "te-IN"
    URDU_PK = "ur-PK"
    URDU_IN = "ur-IN"


class ASRDictionary(Constant):
    """A ready-made word set for a transcription; deprecated by the vendor."""

    ADDRESS_RU = "asr-dict-address-ru"
    ADDRESS_TR = "asr-dict-address-tr"
    ADDRESS = "asr-dict-yand-maps"
    NOTES = "asr-dict-yand-notes"
    SEARCH_QUERIES = "asr-dict-yand-queries"
    MUSIC = "asr-dict-yand-music"
    ECOMMERCE = "asr-dict-yand-buying"
    NUMBERS_RU = "asr-dict-yand-numbers"
    GENERAL_RU = "asr-dict-yand-general"
    DATE_RU = "asr-dict-yand-dates"
    NAMES_RU = "asr-dict-yand-names"
    QUESTIONNAIRE_RU = "asr-dict-yand-questionnaire"
    TBANK = "asr-dict-tinkoff-"


class TranscriptionProvider(Constant):
    """Who transcribes a recording.

    YANDEX and TBANK know Russian only.
    """

    GOOGLE = "google"
    YANDEX = "yandex"
    TBANK = "tcs"


class RecorderProfile(Constant):
    """A video size by its usual name."""

    NHD = "NHD"
    VGA = "VGA"
    HD = "HD"
    FHD = "FHD"
    QHD = "QHD"
    FOUR_K = "4K"


class RecorderLayout(Constant):
    """How participants share the frame of a video recording."""

    grid = "grid"
    tribune = "tribune"
    custom = "custom"


class RecorderDirection(Constant):
    """From which side the frame is filled."""

    ltr = "ltr"
    rtl = "rtl"


class RecorderObjectFit(Constant):
    """How a picture fits its part of the frame."""

    fill = "fill"
    contain = "contain"
    cover = "cover"
    none = "none"


class RecorderLabelPosition(Constant):
    """Where a name label stands in its picture."""

    TOP_LEFT = "top left"
    TOP_CENTER = "top center"
    TOP_RIGHT = "top right"
    MIDDLE_LEFT = "middle left"
    MIDDLE_CENTER = "middle center"
    MIDDLE_RIGHT = "middle right"
    BOTTOM_LEFT = "bottom left"
    BOTTOM_CENTER = "bottom center"
    BOTTOM_RIGHT = "bottom right"


class RecorderLabelTextAlign(Constant):
    """How the text stands in its label."""

    TOP_LEFT = "T+L"
    TOP_CENTER = "T+C"
    TOP_RIGHT = "T+R"
    MIDDLE_LEFT = "M+L"
    MIDDLE_CENTER = "M+C"
    MIDDLE_RIGHT = "M+R"
    BOTTOM_LEFT = "B+L"
    BOTTOM_CENTER = "B+C"
    BOTTOM_RIGHT = "B+R"


class TTSEffectsProfile(Constant):
    """The device for which speech is shaped (Google)."""

    WearableClassDevice = "wearable-class-device"
    HandsetClassDevice = "handset-class-device"
    HeadphoneClassDevice = "headphone-class-device"
    SmallBluetoothSpeakerClassDevice = "small-bluetooth-speaker-class-device"
    MediumBluetoothSpeakerClassDevice = "medium-bluetooth-speaker-class-device"
    LargeHomeEntertainmentClassDevice = "large-home-entertainment-class-device"
    LargeAutomotiveClassDevice = "large-automotive-class-device"
    TelephonyClassApplication = "telephony-class-application"


class CallAudioQuality(Constant):
    """Quality of the inbound audio.

    HD is a clock of 16 kHz or more; note the mixed case of the values.
    """

    HD = "HD"
    STANDARD = "Standard"


class AMDResultClass(Constant):
    """Verdict of answering machine detection."""

    VOICEMAIL = "VOICEMAIL"
    HUMAN = "HUMAN"
    TIMEOUT = "TIMEOUT"
    CALL_ENDED = "CALL_ENDED"


class AMDResultSubtype(Constant):
    """Finer verdict for a machine: MIMIC imitates a human."""

    MIMIC = "MIMIC"
    NONE = "NONE"


class WebSocketAudioEncoding(Constant):
    """Audio encoding towards a WebSocket.

    Linear PCM at 8 and 16 kHz, G.711 at 8 kHz, Opus at 48 kHz.
    """

    PCM16_8KHZ = "PCM8"
    PCM16_16KHZ = "PCM16"
    ALAW = "ALAW"
    ULAW = "ULAW"
    OPUS = "OPUS"
