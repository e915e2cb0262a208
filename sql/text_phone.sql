-- Telephone numbers in E.164
\pset null NULL

-- The United States: layouts, trunk prefix, extensions
SELECT v, cdw.normalize_phone(v)
FROM unnest(ARRAY['212-555-0123', '(212) 555-0123', '212.555.0123', '2125550123', '1 212 555 0123', '+1 (212) 555-0123',
                  'tel:+1-212-555-0123', '212 555 0123 x12', '212-555-0123 ext. 12', '212-555-0123 Extension 7', '2125550123#9',
                  '212-555-0123,,12', '011 44 20 7946 0958', '00 44 20 7946 0958']) v;
-- The rules of the North American plan: areas and exchanges begin with 2 to 9 and do not end in 11, areas are not N9X.
SELECT v, cdw.normalize_phone(v)
FROM unnest(ARRAY['112-555-0123', '012-555-0123', '911-555-0123', '292-555-0123', '212-155-0123', '212-911-0123', '212-555-012',
                  '212-555-01234', '555-0123']) v;
SELECT cdw.normalize_phone('416-555-0123', 'CA') AS canada, cdw.normalize_phone('212-555-0123', 'us') AS lower_case;

-- China: mobile numbers 1[3-9] of 11 digits, fixed numbers with trunk 0
SELECT v, cdw.normalize_phone(v, 'CN')
FROM unnest(ARRAY['13912345678', '139 1234 5678', '+86 139-1234-5678', '8613912345678', '0086 13912345678', '013912345678',
                  '010-88886666', '(021) 6888 6666', '0755-86013388', '0571 8888888', '+86 (0)10 8888 6666', '400-800-1234',
                  '010-88886666转12', '010-88886666 分机 12', '０１０－８８８８６６６６', '＋８６１３９１２３４５６７８',
                  '12912345678', '1391234567', '139123456789', '88886666']) v;

-- Other plans. National numbers as the countries' regulators write their examples; +44 20 7946 0958 and +61 2 5550 1234
-- are reserved for fiction (Ofcom, ACMA).
SELECT r, v, cdw.normalize_phone(v, r)
FROM (VALUES ('GB', '020 7946 0958'), ('GB', '+44 (0)20 7946 0958'), ('GB', '07700 900123'), ('GB', '7700 900123'),
             ('GB', '01632 960001'), ('GB', '0123'), ('DE', '030 123456'), ('DE', '0151 23456789'), ('DE', '+49 (0)30/123456'),
             ('FR', '06 12 34 56 78'), ('FR', '0033 6 12 34 56 78'), ('FR', '6 12 34 56 7'), ('IT', '06 698 12345'),
             ('IT', '+39 06 698 12345'), ('IT', '312 345 6789'), ('ES', '612 34 56 78'), ('HU', '06 1 234 5678'),
             ('RU', '8 (912) 345-67-89'), ('KZ', '8 (701) 234-56-78'), ('RU', '8 10 44 20 7946 0958'),
             ('AU', '(02) 5550 1234'), ('AU', '0412 345 678'), ('AU', '0011 44 20 7946 0958'), ('JP', '03-1234-5678'),
             ('JP', '090-1234-5678'), ('JP', '010 1 212 555 0123'), ('KR', '010-1234-5678'), ('IN', '098765 43210'),
             ('IN', '+91 98765 43210'), ('BR', '(11) 91234-5678'), ('BR', '011 2345-6789'), ('MX', '01 55 1234 5678'),
             ('MX', '+52 1 55 1234 5678'), ('HK', '2345 6789'), ('SG', '8123 4567'), ('TW', '0912 345 678')) AS n(r, v);

-- Argentine mobile numbers: 15 behind the area code at home is 9 before it abroad (ENACOM, Plan Fundamental de Numeración).
SELECT v, cdw.normalize_phone(v, 'AR')
FROM unnest(ARRAY['011 15-2345-6789', '11 15 2345 6789', '+54 11 15 2345-6789', '+54 9 11 2345-6789', '0351 15 456-7890',
                  '02901 15 45-6789', '011 2345-6789', '15 2345-6789', '0911 15 2345 678', '022 15 3456 7890']) v;

-- Beginnings that are easily forgotten: mobile 31 in Hungary, landlines 13 and 15 in Egypt, 111 of firms in Pakistan, 011 in
-- Bangladesh, 800 from abroad in Singapore; Austrian numbers are short, but not as short as that.
SELECT r, v, cdw.normalize_phone(v, r)
FROM (VALUES ('HU', '06 31 312 3456'), ('EG', '013 2345678'), ('EG', '015 412345'), ('PK', '(051) 111 123 456'),
             ('BD', '01112-345678'), ('SG', '+65 800 123 4567'), ('NG', '0725 123 4567'), ('AT', '01 5131 234'),
             ('AT', '0732 7070'), ('AT', '0664 1234567'), ('AT', '0664 12'), ('AT', '1234')) AS n(r, v);

-- With a country code the region does not matter; countries without a plan: an assigned code, 8 to 15 digits.
SELECT count(DISTINCT cdw.normalize_phone('+44 20 7946 0958', r)) AS forms
FROM unnest(ARRAY['US', 'CN', 'DE', 'IT', 'RU', 'JP']) r;
SELECT v, cdw.normalize_phone(v)
FROM unnest(ARRAY['+354 410 4000', '+354 410', '+999 1234 5678', '+210 1234 5678', '+354 1234 5678 9012 345']) v;

-- Digits of other scripts
SELECT cdw.normalize_phone('+٤٤ ٢٠ ٧٩٤٦ ٠٩٥٨') AS arabic, cdw.normalize_phone('२१२५५५०१२३') AS devanagari,
       cdw.normalize_phone(U&'212\2011555\20130123') AS dashes, cdw.normalize_phone(U&'\200E212\00A0555\30000123') AS blanks;

-- Not valid
SELECT count(*) AS not_valid, string_agg(v, ' ') FILTER (WHERE cdw.normalize_phone(v) IS NOT NULL) AS accepted
FROM unnest(ARRAY['', ' ', '+', '++12125550123', '+1', '1', '00', 'abc', 'n/a', '1-800-FLOWERS', '212 555 0123 or 212 555 0124',
                  '212 555 0123 ext', 'x12', '212+5550123', '0000000000', '1234567890', '😀', repeat('2', 25), repeat('2', 1000000)]) v;

-- Type, defaults, NULL in, NULL out
SELECT pg_typeof(cdw.normalize_phone('')) AS type, cdw.normalize_phone(NULL) AS null_value,
       cdw.normalize_phone('2125550123', NULL) AS null_region, cdw.normalize_phone(value => '020 7946 0958', region => 'GB') AS named;

-- Regions
SELECT cdw.normalize_phone('2125550123', 'XX');
SELECT cdw.normalize_phone('+12125550123', 'USA');
\set VERBOSITY sqlstate
SELECT cdw.normalize_phone('2125550123', '');
SELECT cdw.normalize_phone('2125550123', repeat('é', 1000));
