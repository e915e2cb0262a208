-- Calendar days
\pset null NULL
SET datestyle = 'ISO, MDY';

-- The year first: one reading
SELECT v, cdw.normalize_date(v)
FROM unnest(ARRAY['2020-03-12', '2020/3/12', '2020.03.12', '2020 03 12', '20200312', ' 2020-03-12 ', '2020年3月12日', '2020年03月12号',
                  '2020 年 3 月 12 日', '2020년 3월 12일', '2020. 3. 12.', '２０２０－０３－１２', '٢٠٢٠-٠٣-١٢']) v;

-- Names of months, and weekdays before them
SELECT v, cdw.normalize_date(v)
FROM unnest(ARRAY['12 Mar 2020', '12 MARCH 2020', 'March 12, 2020', 'Mar. 12 2020', 'March 12th, 2020', '1st May 2020', '12-Mar-2020',
                  '12MAR2020', '2020-Mar-12', 'Sept 5, 2020', 'Thu, 12 Mar 2020', 'Thursday, March 12, 2020', '12-Mar-99']) v;

-- The order of fields, where the value leaves it open. A number of four digits or over 31 is the year; else the year is first
-- with 'ymd' and last with 'mdy' and 'dmy'. When it is last, 'ymd' reads the month first.
SELECT v, cdw.normalize_date(v) AS ymd, cdw.normalize_date(v, 'mdy') AS mdy, cdw.normalize_date(v, 'dmy') AS dmy
FROM unnest(ARRAY['03/12/2020', '12.03.2020', '13/02/2020', '02/13/2020', '2020-03-12', '03/12/20', '12-03-04', '3/12/20', '03/12/85',
                  '85-03-12', '85-12-99', '1/1/1']) v;

-- Two-digit years are 1930 to 2029.
SELECT v, cdw.normalize_date(v, 'dmy')
FROM unnest(ARRAY['01/02/00', '01/02/29', '01/02/30', '01/02/99', '20年3月12日']) v;

-- A time of day is ignored, if it is one.
SELECT v, cdw.normalize_date(v)
FROM unnest(ARRAY['2020-03-12 10:00:00', '2020-03-12T10:00:00', '2020-03-12T10:00:00Z', '2020-03-12 10:00:00.123456+08',
                  '2020-03-12T10:00:00-05:30', '20200312T101112', '20200312T1011Z', '03/12/2020 9:05 PM', '12 Mar 2020, 10:00 GMT',
                  '2020年3月12日 10:00', '2020-03-12 23:59:60', '2020-03-12 25:00', '2020-03-12 10:60', '2020-03-12T', '2020-03-12 noon']) v;

-- Layouts of other programs: databases, date(1) and Java, XML Schema, spreadsheets and browsers in Chinese, Japanese and Korean,
-- typographic dashes
SELECT v, cdw.normalize_date(v)
FROM unnest(ARRAY['20200312101112', 'Thu Mar 12 10:11:12 2020', 'Thu Mar 12 10:11:12 CET 2020', '2020-03-12Z', '12th of March 2020',
                  '2020年3月12日 星期四', '2020年3月12日(木)', '2020/3/12 上午10:11:12', '2020/3/12 午後10:11', '2020. 3. 12. 오전 10:11:12',
                  U&'2020\201303\201312', U&'2020\221203\221212', '20200312251112', '2020031210', '2020年3月12日(', '2020/3/12 上午']) v;
-- Eight digits are year, month, day; if that is no day, 'mdy' and 'dmy' read the year last.
SELECT v, cdw.normalize_date(v) AS ymd, cdw.normalize_date(v, 'mdy') AS mdy, cdw.normalize_date(v, 'dmy') AS dmy
FROM unnest(ARRAY['20200312', '03122020', '31122020', '12312020', '20122012', '20200230', '20201340', '99122020']) v;

-- Days that are not in the calendar, and the ends of the range
SELECT v, cdw.normalize_date(v)
FROM unnest(ARRAY['2020-02-29', '2019-02-29', '2000-02-29', '1900-02-29', '2020-04-31', '2020-13-01', '2020-00-10', '2020-01-00', '0000-01-01',
                  '0001-01-01', '9999-12-31', '10000-01-01']) v;

-- Not valid
SELECT count(*) AS not_valid, string_agg(v, ' ') FILTER (WHERE cdw.normalize_date(v) IS NOT NULL) AS accepted
FROM unnest(ARRAY['', ' ', 'abc', '2020', '2020-03', 'Mar 2020', '12 March', '2020-03/12', '2020--03-12', '12 foo 2020', '2020-03-12x',
                  '2020-03-123', '12032020', '200312', '123-01-01', '-2020-03-12', 'infinity', 'today', '12 mars 2020', 'Marchx 12 2020',
                  '2020年3月', '2020年3月x日', '😀', repeat('1', 1000000), repeat('2020-03-12 ', 100)]) v;

-- The session's own settings do not matter.
SET datestyle = 'German, DMY';
SELECT cdw.normalize_date('03/12/2020') = make_date(2020, 3, 12) AS same;
SET datestyle = 'ISO, MDY';

-- Type, defaults, NULL in, NULL out
SELECT pg_typeof(cdw.normalize_date('')) AS type, cdw.normalize_date(NULL) AS null_value,
       cdw.normalize_date('2020-03-12', NULL) AS null_order, cdw.normalize_date(value => '1/2/2020', field_order => 'dmy') AS named;

-- Field orders
SELECT cdw.normalize_date('2020-03-12', 'ydm');
\set VERBOSITY sqlstate
SELECT cdw.normalize_date('2020-03-12', '');
SELECT cdw.normalize_date('2020-03-12', 'YMD');
