-- Standard forms of postal addresses

-- English: kinds of street (USPS Publication 28, appendix C1)
SELECT v, cdw.normalize_address(v)
FROM unnest(ARRAY['123 Main St.', '123 MAIN STREET', '1 Oak Ave', '1 Oak Av.', '1 Oak Blvd', '1 Oak Rd', '1 Oak Ln', '1 Oak Pkwy', '1 Oak Hwy',
                  '1 Oak Ter', '1 Oak Cir', '1 Oak Sq', '1 Oak Cres', '1 Mt Vernon Way', '9 Oak Ct', '7 Claude La.', '4 La Brea Ave', 'Broadway']) v;
-- "St" is Saint before a name; "Dr" is a doctor behind the house number.
SELECT v, cdw.normalize_address(v)
FROM unnest(ARRAY['12 St. Johns St', 'St James', '12 Smith St St Kilda', '5 Old St Marys Rd', '12 Park St, Springfield',
                  '12 Dr Martin Luther King Dr', '5 Oak Dr']) v;
-- Directions, but not the letters of streets and apartments
SELECT v, cdw.normalize_address(v)
FROM unnest(ARRAY['100 N Main St', '100 NW Main St', '160 Central Park S', '3570 Las Vegas Blvd. S.', '400 E St NW', '5 Oak Ct, Unit E',
                  'Apt N, 5 Oak Ct', '12 E Hill Rd', '12 E']) v;
-- Parts of buildings (appendix C2), numbers, boxes, ordinals
SELECT v, cdw.normalize_address(v)
FROM unnest(ARRAY['12 Main St Apt. 5', '12 Main St #5', '12 Main St, No. 5', '5 Elm Blvd Ste 200', 'Rm 4, Bldg C', '5th Ave, 2nd Fl', 'Miami FL 33101',
                  'P.O. Box 12', 'P. O. Box 12', 'PO Box 12', 'Post Office Box 12', 'POB 12', 'RR 2, Box 7', 'Trailer, POB, SW', '156 Second Ave.', '156 2nd Ave', '12-14 High St']) v;
-- German: also joined to the name
SELECT v, cdw.normalize_address(v)
FROM unnest(ARRAY['Hauptstr. 5', 'Hauptstraße 5', 'HAUPTSTRASSE 5', 'Karl-Marx-Str. 12a', 'Berliner Straße 7', 'Alexanderpl. 3', 'Alexanderplatz 3',
                  'Königsallee 1']) v;
-- French
SELECT v, cdw.normalize_address(v)
FROM unnest(ARRAY['12 av. de la République', '12, rue de l''Église', '12 r. du Bac', '3 bis bd. des Capucines', '5 pl. des Vosges', '4 imp. des Lilas',
                  '7 r. de la Paix, bât. B']) v;
-- Spanish, Italian, Portuguese: the house number comes last
SELECT v, cdw.normalize_address(v)
FROM unnest(ARRAY['C/ Mayor 5', 'Calle Mayor, n.º 5', 'Avda. de la Constitución 3', 'Av. Libertador 1000', 'Pza. España 2', 'Calle Sol 3, piso 2',
                  'V. Garibaldi 12', 'V.le Monza 7', 'P.zza Navona 3', 'C.so Italia n. 5', 'Via Roma n° 5',
                  'R. Augusta, 1500', 'Rua Augusta 1500', 'Av. Paulista, 1578', 'Tv. do Carmo 3']) v;
-- What other languages write between number and name, and behind the number
SELECT v, cdw.normalize_address(v)
FROM unnest(ARRAY['8 bd Saint-Germain', '8 bd St-Germain', '1 sq. Louvois', '12 pl. Vendôme', '14bis rue Monge', '14 bis rue Monge',
                  '10 r. du Fg St Honoré', 'Berliner Str. 12 a', 'Berliner Straße 12a', 'Goethestr.7', 'Goethestraße 7',
                  'Av. de la Constitución 3', 'Av. du Léman 3', 'Pl. de la Paz 3', 'Pº de la Castellana 10', 'P.º de la Castellana 10',
                  'Paseo de la Castellana 10', 'C/ Mayor 5, 2º izq.', 'Calle Mayor 5 2 izquierda', 'C/ Ntra. Sra. del Pilar 3',
                  'PO Box 12', '12 Main St Apt.5', '4 The Grn', '4 Bay Vw']) v;
-- Abbreviations are never translated.
SELECT cdw.normalize_address('Avenida Foch 5') <> cdw.normalize_address('5 Avenue Foch') AS not_translated;

-- Chinese: with and without the words for divisions
SELECT v, cdw.normalize_address(v)
FROM unnest(ARRAY['浙江省杭州市西湖区文三路90号', '浙江杭州西湖区文三路90号', '浙江杭州西湖文三路90', '浙江省 杭州市 西湖区 文三路 ９０號',
                  '北京市北京市朝阳区建国路88号', '北京市朝阳区建国路八十八号', '北京朝阳建国路88', '上海市浦东新区世纪大道100号', '上海市市辖区黄浦区',
                  '广西壮族自治区南宁市', '内蒙古自治区呼和浩特市', '新疆维吾尔自治区乌鲁木齐市', '宁夏回族自治区银川市', '西藏自治区拉萨市',
                  '香港特别行政区', '延边朝鲜族自治州延吉市', '恩施土家族苗族自治州', '杭州市余杭区闲林街道五常大道']) v;
-- What only looks like a division
SELECT v, cdw.normalize_address(v)
FROM unnest(ARRAY['华联超市', '义乌市场', '翡翠小区', '滨江高新区', '苏州工业园区', '台州市路桥区', '哈尔滨市道里区', '宁波市镇海区', '沙县', '吉林省吉林市昌邑区',
                  '北京路12号', '上海上海路5号', '县前街3号']) v;
-- Numbers: figures, and what they count
SELECT v, cdw.normalize_address(v)
FROM unnest(ARRAY['缤纷北苑47-6-746', '缤纷北苑47幢6单元746室', '缤纷北苑47栋6單元746室', '文三路十号', '文三路一百二十三号', '文三路一二三号', '天华大厦A座1826',
                  '恒生大厦三层', '恒生大厦3楼', '延安路12弄5号', '延安路12号5室', '金家一路3号',
                  '人民南路四段11号', '人民南路4段11号', '中山路三巷5号', '阳光小区二期3栋', '阳光小区2期3栋', '红星村三组']) v;
-- Japanese
SELECT v, cdw.normalize_address(v)
FROM unnest(ARRAY['東京都渋谷区神南1丁目2番3号', '東京都渋谷区神南一丁目2-3', '東京都渋谷区神南1-2-3', '大阪市北区梅田3番地']) v;

-- NULL, type, empty, long values: over 128 words or 512 characters no address, standard text
SELECT cdw.normalize_address(NULL) IS NULL AS null_is_null, pg_typeof(cdw.normalize_address('')) AS type, cdw.normalize_address(' . ') AS empty,
       cdw.normalize_address(repeat('rd ', 128)) = rtrim(repeat('road ', 128)) AS words_128,
       cdw.normalize_address(repeat('rd ', 129)) = rtrim(repeat('rd ', 129)) AS words_129,
       length(cdw.normalize_address('浙江省' || repeat('文', 509))) AS han_512,
       length(cdw.normalize_address('浙江省' || repeat('文', 510))) AS han_513,
       length(cdw.normalize_address(repeat('st ', 300000))) AS long;
