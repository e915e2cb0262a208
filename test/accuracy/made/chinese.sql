-- Customers with Chinese columns: names at times romanised or in traditional characters, mobiles with and
-- without the country's code, addresses shortened, identity cards with a wrong or missing digit.
CREATE TABLE chinese_rows AS
WITH person AS (
    SELECT i, made.zipf('surname_zh', made.random('zh surname', i)) AS family,
           made.any('given_zh', made.random('zh first', i))
           || CASE WHEN made.random('zh two', i) < .8 THEN made.any('given_zh', made.random('zh second', i)) ELSE '' END AS given,
           '1' || (ARRAY['38', '39', '58', '86', '77'])[1 + floor(5 * made.random('zh net', i))::int] || made.digits(8, made.random('zh mobile', i)) AS mobile,
           made.day('1950-01-01', '2005-12-31', made.random('zh born', i)) AS born,
           made.any('city_zh', made.random('zh city', i)) AS city, made.any('road_zh', made.random('zh road', i)) AS road,
           1 + floor(400 * made.random('zh number', i))::int AS number, floor(10 * made.random('zh unit', i))::int AS unit,
           CASE WHEN made.random('zh copies', i) < .55 THEN 1 WHEN made.random('zh copies', i) < .85 THEN 2 ELSE 3 END AS copies
    FROM generate_series(1, 800) i
), record AS (
    SELECT p.*, copy, i * 10 + copy AS n,
           '11010' || (1 + i % 9) || to_char(born, 'YYYYMMDD') || made.digits(4, made.random('zh card', i)) AS card,
           cdw.romanize(family) AS family_latin, replace(cdw.romanize(given), ' ', '') AS given_latin
    FROM person p, generate_series(1, copies) copy
)
SELECT i AS cluster_id,
       CASE WHEN made.random('zh script', n) < .08 THEN initcap(given_latin) || ' ' || initcap(family_latin)
            WHEN made.random('zh script', n) < .14 THEN initcap(family_latin) || initcap(given_latin)
            WHEN made.random('zh script', n) < .22 THEN translate(family || given, '张刘陈杨黄赵吴孙马罗郑谢许韩邓冯萧叶苏吕卢钟谭陆范贾韦贺龙顾龚邹丽军杰涛刚华辉国红飞涵静艳东龙云亮凯泽瑞乐宁庆义莹琼颖婉芳伟强',
                '張劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮蕭葉蘇呂盧鍾譚陸範賈韋賀龍顧龔鄒麗軍傑濤剛華輝國紅飛涵靜艷東龍雲亮凱澤瑞樂寧慶義瑩瓊穎婉芳偉強')
            WHEN made.random('zh script', n) < .26 THEN family || made.any('given_zh', made.random('zh wrong', n)) || right(given, 1)
            ELSE family || given END AS "姓名",
       made.lost(CASE WHEN made.random('zh mobile form', n) < .2 THEN '+86 ' || mobile
                      WHEN made.random('zh mobile form', n) < .28 THEN '1' || made.digits(10, made.random('zh new mobile', n))
                      ELSE made.perhaps(mobile, .05, made.random('zh mobile slip', n)) END, .1, made.random('zh no mobile', n)) AS "手机",
       made.lost(made.perhaps(given_latin || '.' || family_latin || i % 100 || '@' || (ARRAY['qq.com', '163.com', 'sina.com'])[1 + i % 3],
                 .06, made.random('zh mail slip', n)), .35, made.random('zh no mail', n)) AS "邮箱",
       made.lost(CASE WHEN made.random('zh date form', n) < .15 THEN to_char(born, 'YYYY"年"FMMM"月"FMDD"日"')
                      ELSE made.wrong_day(born, .05, made.random('zh wrong day', n))::text END, .15, made.random('zh no day', n)) AS "生日",
       made.lost(CASE WHEN made.random('zh moved', n) < .1
                      THEN made.any('city_zh', made.random('zh new city', n)) || made.any('road_zh', made.random('zh new road', n)) || made.digits(2, made.random('zh new no', n)) || '号'
                      WHEN made.random('zh short', n) < .2 THEN replace(city, '市', '') || road || number || '号'
                      ELSE city || road || number || '号' || unit || '单元' END, .1, made.random('zh no street', n)) AS "地址",
       made.lost(made.perhaps(card, .06, made.random('zh card slip', n)), .4, made.random('zh no card', n)) AS "身份证"
FROM record;
