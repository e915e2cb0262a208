-- Standard forms of the names of companies

-- Legal forms at the end, by country: the 20 largest economies, then others
SELECT country, v, cdw.normalize_company(v)
FROM (VALUES
    ('US', 'Acme Inc.'), ('US', 'Acme, Incorporated'), ('US', 'Acme Corp'), ('US', 'ACME L.L.C.'), ('US', 'Acme Company, LP'),
    ('CN', '杭州艾克有限公司'), ('CN', '艾克股份有限公司'), ('CN', '艾克有限责任公司'), ('CN', '艾克(上海)有限公司'),
    ('CN', '艾克投资中心（有限合伙）'),
    ('DE', 'Acme GmbH'), ('DE', 'Acme G.m.b.H.'), ('DE', 'Acme AG'), ('DE', 'Acme GmbH & Co. KG'), ('DE', 'Acme GmbH&Co.KG'),
    ('DE', 'Acme e.K.'), ('DE', 'Acme OHG'), ('DE', 'Acme UG (haftungsbeschränkt)'), ('DE', 'Acme SE & Co. KGaA'),
    ('JP', '株式会社アクメ'), ('JP', 'アクメ株式会社'), ('JP', '㈱アクメ'), ('JP', 'アクメ (株)'), ('JP', '有限会社アクメ'), ('JP', '合同会社 アクメ'),
    ('IN', 'Acme Pvt. Ltd.'), ('IN', 'Acme Private Limited'), ('IN', 'Acme (P) Ltd'), ('IN', 'Acme LLP'),
    ('GB', 'Acme Ltd'), ('GB', 'ACME LIMITED'), ('GB', 'Acme P.L.C.'),
    ('FR', 'Acme S.A.'), ('FR', 'Acme SARL'), ('FR', 'SARL Acme'), ('FR', 'Acme S.A.S.'), ('FR', 'Acme SASU'),
    ('IT', 'Acme S.p.A.'), ('IT', 'Acme S.r.l.'), ('IT', 'Acme S. r. l.'),
    ('BR', 'Acme Ltda.'), ('BR', 'Acme EIRELI'), ('BR', 'Acme S/A'), ('BR', 'Acme Ltda - ME'),
    ('CA', 'Acme Ltée'), ('CA', 'Acme ULC'),
    ('RU', 'ООО «Акме»'), ('RU', 'Акме, ООО'), ('RU', 'ПАО Акме'), ('RU', 'ИП Иванов'), ('RU', 'OOO Acme'),
    ('RU', 'Общество с ограниченной ответственностью "Акме"'),
    ('MX', 'Acme, S.A. de C.V.'), ('MX', 'Acme S. A. de C. V.'), ('MX', 'Acme S. de R.L. de C.V.'),
    ('KR', '주식회사 아크메'), ('KR', '아크메주식회사'), ('KR', '(주)아크메'), ('KR', '아크메㈜'),
    ('AU', 'Acme Pty Ltd'), ('AU', 'Acme Proprietary Limited'),
    ('ES', 'Acme S.L.'), ('ES', 'Acme, Sociedad Limitada'), ('ES', 'Acme y Cía.'),
    ('ID', 'PT Acme Tbk'), ('ID', 'PT. Acme'),
    ('NL', 'Acme B.V.'), ('NL', 'ACME N V'),
    ('TR', 'Acme A.Ş.'), ('TR', 'Acme Ltd. Şti.'), ('TR', 'ACME ANONİM ŞİRKETİ'),
    ('SA', 'شركة أكمي'), ('SA', 'شركة أكمي ذ.م.م'), ('SA', 'شركة أكمي المحدودة'),
    ('CH', 'Acme Sagl'), ('CH', 'Acme Sàrl'),
    ('PL', 'Acme Sp. z o.o.'), ('PL', 'Acme Sp. z o. o.'), ('PL', 'Acme Spółka Akcyjna'), ('TW', '艾克股份有限公司'),
    ('SE', 'Acme AB (publ)'), ('DK', 'Acme A/S'), ('FI', 'Acme Oy'), ('SG', 'Acme Pte. Ltd.'), ('MY', 'Acme Sdn. Bhd.'),
    ('CZ', 'Acme s.r.o.'), ('IL', 'אקמי בע"מ'), ('TH', 'บริษัท แอคมี จำกัด (มหาชน)'), ('AE', 'Acme FZ-LLC')
) AS t(country, v);

-- More of them: associations, professions, cooperatives, and those of smaller countries
SELECT country, v, cdw.normalize_company(v)
FROM (VALUES
    ('US', 'Acme, P.C.'), ('US', 'Acme Bank, N.A.'), ('GB', 'Acme CIC'), ('DE', 'Acme e.V.'), ('DE', 'Acme e. Kfm.'),
    ('DE', 'Acme PartG mbB'), ('LU', 'Acme S.à r.l.'), ('IT', 'Acme & C. S.n.c.'), ('IT', 'Acme e C. S.a.s.'),
    ('IT', 'Acme S.r.l. unipersonale'), ('PT', 'Acme Limitada'), ('ES', 'Acme C.B.'), ('AR', 'Acme S.A.I.C.'), ('EG', 'Acme S.A.E.'),
    ('ZA', 'Acme CC'), ('CN', '艾克饭店(个体工商户)'), ('JP', '一般社団法人アクメ'), ('JP', '医療法人社団アクメ'), ('KR', '재단법인 아크메'),
    ('UA', 'ФОП Акме'), ('PL', 'Acme S.K.A.'), ('BG', 'Акме ЕООД'), ('HR', 'Acme d.d.'), ('EE', 'Acme OÜ'), ('LV', 'Acme SIA'),
    ('GR', 'Ακμη Ο.Ε.'), ('FI', 'Oy Acme Ab'), ('IS', 'Acme ehf.'), ('DK', 'Acme I/S'), ('TH', 'Acme Public Company Limited'),
    ('VN', 'Công ty TNHH Một Thành Viên Acme'), ('VN', 'Công ty Cổ phần Acme')
) AS t(country, v);

-- Forms follow one another; full width and joined writing
SELECT v, cdw.normalize_company(v)
FROM unnest(ARRAY['Acme Co., Ltd.', 'Acme Co.,Ltd', 'ＡＣＭＥ Ｌｔｄ．', 'Acme GMBH CO KG', 'Acme Trading Company Limited']) v;

-- In the middle and in front, where it is not customary, a form is part of the name.
SELECT v, cdw.normalize_company(v)
FROM unnest(ARRAY['AG Insurance', 'SE Asia Trading', 'Co Op', 'SAS Institute', 'SA Power Networks', 'A. O. Smith', 'P. T. Barnum',
                  'Limited Brands', 'Acme Ltd of London', 'Made in C', 'Agip', 'Incorp']) v;

-- A branch or a group is not its company.
SELECT v, cdw.normalize_company(v) FROM unnest(ARRAY['艾克公司', '艾克公司北京分公司', '艾克集团有限公司']) v;

-- "and" is as "&", which is a blank in standard text, but a name may begin with it.
SELECT v, cdw.normalize_company(v)
FROM unnest(ARRAY['Smith & Sons', 'Smith and Sons Ltd', 'Smith + Sons', 'Müller und Söhne GmbH', 'Dupont et Fils SARL', 'Smith and Co.',
                  'and vision', 'Sand und株式会社']) v;

-- When nothing would be left, the name as it was
SELECT v, cdw.normalize_company(v)
FROM unnest(ARRAY['Limited', 'Co., Ltd.', 'The Company', '有限公司', 'PT', 'The Company Store', '', '...']) v;

-- NULL, type, long values
SELECT cdw.normalize_company(NULL) IS NULL AS null_is_null, pg_typeof(cdw.normalize_company('')) AS type,
       length(cdw.normalize_company('acme' || repeat(' ltd', 250000))) AS forms,
       length(cdw.normalize_company(repeat('有限公司', 10000) || 'acme')) AS joined,
       length(cdw.normalize_company(repeat('x', 1000000))) AS word;
