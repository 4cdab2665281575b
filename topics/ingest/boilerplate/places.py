"""Names of countries and of provinces of Viet Nam, which stand alone on a line in lists and are nobody's byline."""

from __future__ import annotations

_COUNTRIES = (
    "Viet Nam|Vietnam|Việt Nam|South Korea|North Korea|Hàn Quốc|Triều Tiên|New Zealand|Sri Lanka|Saudi Arabia|South Africa"
    "|Nam Phi|Costa Rica|El Salvador|United States|United Kingdom|Great Britain|Hoa Kỳ|Trung Quốc|Nhật Bản|Ấn Độ|Thái Lan"
    "|Đài Loan|Hồng Kông|Hong Kong|Bồ Đào Nha|Tây Ban Nha|Thụy Điển|Thụy Sĩ|Đan Mạch|Na Uy|Phần Lan|Ba Lan|Hà Lan|Ai Cập"
    "|Thổ Nhĩ Kỳ|Puerto Rico|Papua New Guinea|Hungary|Brunei|Timor Leste|Czech Republic|Cộng hòa Séc|Ukraine|Australia"
    "|Malaysia|Indonesia|Singapore|Philippines|Thailand|Cambodia|Laos|Myanmar|Japan|China|India|Russia|Germany|France|Italy"
    "|Spain|England|Scotland|Wales|Ireland|Northern Ireland|America|Canada|Brazil|Mexico|Europe|Asia"
)
_PROVINCES = (
    "An Giang|Bà Rịa|Vũng Tàu|Bà Rịa - Vũng Tàu|Bắc Giang|Bắc Kạn|Bạc Liêu|Bắc Ninh|Bến Tre|Bình Định|Bình Dương|Bình Phước"
    "|Bình Thuận|Cà Mau|Cần Thơ|Cao Bằng|Đà Nẵng|Đắk Lắk|Đắk Nông|Điện Biên|Đồng Nai|Đồng Tháp|Gia Lai|Hà Giang|Hà Nam"
    "|Hà Nội|Hà Tĩnh|Hải Dương|Hải Phòng|Hậu Giang|Hòa Bình|Hoà Bình|Hưng Yên|Khánh Hòa|Khánh Hoà|Kiên Giang|Kon Tum"
    "|Lai Châu|Lâm Đồng|Lạng Sơn|Lào Cai|Long An|Nam Định|Nghệ An|Ninh Bình|Ninh Thuận|Phú Thọ|Phú Yên|Quảng Bình|Quảng Nam"
    "|Quảng Ngãi|Quảng Ninh|Quảng Trị|Sóc Trăng|Sơn La|Tây Ninh|Thái Bình|Thái Nguyên|Thanh Hóa|Thanh Hoá|Thừa Thiên Huế"
    "|Tiền Giang|Hồ Chí Minh|Ho Chi Minh|Ho Chi Minh City|Trà Vinh|Tuyên Quang|Vĩnh Long|Vĩnh Phúc|Yên Bái|Sài Gòn"
    "|Nha Trang|Đà Lạt|Trường Sa|Hoàng Sa|Ha Noi|Da Nang|Hai Phong|Can Tho|Da Lat|New York|Los Angeles|San Francisco"
    "|Hong Kong|Kuala Lumpur|Phnom Penh|New Delhi|Washington D.C"
)
PLACES = frozenset(name.lower() for name in f"{_COUNTRIES}|{_PROVINCES}".split("|"))
