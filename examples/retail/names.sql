-- examples/retail/names.sql: the word lists that generate.sql draws from.
--
-- Written for this example, commonest first: a word's place in its list is its rank, and
-- generate.sql makes low ranks frequent. Included inside generate.sql's transaction; every
-- table is temporary. A token is word:details, tokens are separated by blanks.

-- English given names with the short forms that people write instead.
CREATE TEMP TABLE given_en ON COMMIT DROP AS
SELECT rank, split_part(token, ':', 1) AS given,
	   string_to_array(nullif(split_part(token, ':', 2), ''), ',') AS nicknames
FROM regexp_split_to_table(btrim('
James:Jim,Jimmy,Jamie Mary:Molly,Polly Robert:Bob,Rob,Bobby Patricia:Pat,Patty,Trish
John:Jack,Johnny Jennifer:Jen,Jenny Michael:Mike,Mick Elizabeth:Liz,Beth,Betty,Lizzie
William:Bill,Will,Billy Linda:Lin David:Dave Barbara:Barb Richard:Rick,Dick,Rich Susan:Sue,Susie
Joseph:Joe,Joey Jessica:Jess,Jessie Thomas:Tom,Tommy Sarah:Sally Charles:Charlie,Chuck Karen
Christopher:Chris,Topher Nancy:Nan Daniel:Dan,Danny Lisa Matthew:Matt Margaret:Peggy,Maggie,Meg
Anthony:Tony Sandra:Sandy Mark Ashley:Ash Donald:Don Kimberly:Kim Steven:Steve Emily:Em,Emmy
Andrew:Andy,Drew Donna Paul Michelle:Shelly Joshua:Josh Carol Kenneth:Ken,Kenny Amanda:Mandy
Kevin:Kev Melissa:Mel,Missy Brian Deborah:Deb,Debbie George Stephanie:Steph Timothy:Tim,Timmy
Rebecca:Becky,Becca Ronald:Ron,Ronnie Laura:Laurie Edward:Ed,Eddie,Ted Helen:Nell Jason:Jay
Sharon Jeffrey:Jeff Cynthia:Cindy Ryan Kathleen:Kathy,Kate Jacob:Jake Amy Gary Shirley
Nicholas:Nick Angela:Angie Eric Anna:Annie Jonathan:Jon Ruth Stephen:Steve Brenda Larry
Pamela:Pam Justin Nicole:Nicky Scott Katherine:Kate,Kathy,Katie,Kit Brandon Samantha:Sam
Benjamin:Ben,Benny Christine:Chris,Tina Samuel:Sam,Sammy Emma Gregory:Greg Catherine:Cathy,Kate
Alexander:Alex,Sandy Virginia:Ginny Patrick:Pat,Paddy Debra:Deb Frank:Frankie Rachel:Rach
Raymond:Ray Janet:Jan Jack Carolyn:Carol Dennis Maria Jerry Heather Tyler Diane:Di Aaron
Julie:Jules Jose Olivia:Liv,Livvy Adam Joyce Nathan:Nate Victoria:Vicky,Tori Henry:Harry,Hank
Kelly Zachary:Zach Christina:Tina,Chris Douglas:Doug Joan Peter:Pete Evelyn:Evie Kyle
Judith:Judy Noah Lauren:Laurie Ethan Olga Jeremy:Jerry Martha Walter:Walt Cheryl Christian:Chris
Megan:Meg Keith Andrea:Andie Roger Hannah Terry Jacqueline:Jackie Austin Ann Sean Jean
Gerald:Gerry,Jerry Alice Carl Kathryn:Kathy,Katie Harold:Harry,Hal Gloria Dylan Teresa:Terry,Tess
Arthur:Art,Artie Doris Lawrence:Larry,Lars Sara Jordan Janice:Jan Jesse Grace Bryan Julia:Julie
Bruce Theresa:Terry,Tess Gabriel:Gabe Beverly:Bev Joe Denise Logan Marilyn Alan:Al Amber
Albert:Al,Bert Danielle:Dani Willie Rose Philip:Phil Diana:Di Vincent:Vince,Vinny Abigail:Abby,Gail
Russell:Russ Natalie:Nat Roy Isabella:Bella,Izzy Louis:Lou Charlotte:Charlie,Lottie Leonard:Len,Leo
Eleanor:Ellie,Nell,Nora Frederick:Fred,Freddie Josephine:Jo,Josie Theodore:Ted,Theo Penelope:Penny
', E' \n'), '\s+') WITH ORDINALITY AS list (token, rank);

-- English-language surnames; those with marks or apostrophes are also written without.
CREATE TEMP TABLE family_en ON COMMIT DROP AS
SELECT rank, token AS family
FROM regexp_split_to_table(btrim('
Smith Johnson Williams Brown Jones Miller Davis Garcia Rodríguez Wilson Martinez Anderson Taylor
Thomas Hernández Moore Martin Jackson Thompson White López Lee González Harris Clark Lewis Robinson
Walker Pérez Hall Young Allen Sánchez Wright King Scott Green Baker Adams Nelson Hill Ramírez
Campbell Mitchell Roberts Carter Phillips Evans Turner Torres Parker Collins Edwards Stewart Flores
Morris Nguyen Murphy Rivera Cook Rogers Morgan Peterson Cooper Reed Bailey Bell Gómez Kelly Howard
Ward Cox Díaz Richardson Wood Watson Brooks Bennett Gray James Reyes Cruz Hughes Price Myers Long
Foster Sanders Ross Morales Powell Sullivan Russell Ortiz Jenkins Gutiérrez Perry Butler Barnes
Fisher Henderson Coleman Simmons Patterson Jordan Reynolds Hamilton Graham Kim Gonzales Alexander
Ramos Wallace Griffin West Cole Hayes Chavez Gibson Bryant Ellis Stevens Murray Ford Marshall Owens
McDonald Harrison Ruiz Kennedy Wells Alvarez Woods Mendoza Castillo Olson Webb Washington Tucker
Freeman Burns Henry Vásquez Snyder Simpson Crawford Jimenez Porter Mason Shaw Gordon Wagner Hunter
Romero Hicks Dixon Hunt Palmer Robertson Black Holmes Stone Meyer Boyd Mills Warren Fox Rose Rice
Moreno Schmidt Patel Ferguson Nichols Herrera Medina Ryan Fernández Weaver Daniels Stephens Gardner
Payne Kelley Dunn Pierce Arnold Tran Spencer Peters Hawkins Grant Hansen Castro Hoffman Hart Elliott
Cunningham Knight Bradley O''Brien O''Connor Müller Andersson MacLeod Fitzgerald Whitfield Ashcroft
Pemberton Kowalski Schneider Lindqvist Okafor Petrov Rossi Dubois Silva Haddad Novak Larsen Byrne
', E' \n'), '\s+') WITH ORDINALITY AS list (token, rank);

-- Chinese surnames with their romanised forms.
CREATE TEMP TABLE family_zh ON COMMIT DROP AS
SELECT rank, split_part(token, ':', 1) AS family, split_part(token, ':', 2) AS pinyin
FROM regexp_split_to_table(btrim('
王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 黄:huang 赵:zhao 吴:wu 周:zhou 徐:xu 孙:sun 马:ma 朱:zhu
胡:hu 郭:guo 何:he 林:lin 高:gao 罗:luo 郑:zheng 梁:liang 谢:xie 宋:song 唐:tang 许:xu 韩:han 邓:deng
冯:feng 曹:cao 彭:peng 曾:zeng 肖:xiao 田:tian 董:dong 潘:pan 袁:yuan 蔡:cai 蒋:jiang 余:yu 于:yu 杜:du
叶:ye 程:cheng 魏:wei 苏:su 吕:lyu 丁:ding 任:ren 卢:lu 姚:yao 沈:shen 钟:zhong 姜:jiang 崔:cui 谭:tan
陆:lu 范:fan 汪:wang 廖:liao 石:shi 金:jin 韦:wei 贾:jia 夏:xia 付:fu 方:fang 邹:zou 熊:xiong 白:bai
孟:meng 秦:qin 邱:qiu 侯:hou 江:jiang 尹:yin 薛:xue 闫:yan 段:duan 雷:lei 龙:long 黎:li 史:shi 陶:tao
贺:he 毛:mao 郝:hao 顾:gu 龚:gong 邵:shao 万:wan 覃:qin 武:wu 钱:qian 戴:dai 严:yan 莫:mo 孔:kong
向:xiang 常:chang 汤:tang 章:zhang 康:kang 施:shi 欧阳:ouyang 司马:sima 上官:shangguan 诸葛:zhuge
', E' \n'), '\s+') WITH ORDINALITY AS list (token, rank);

-- Characters of Chinese given names; a given name is one or two of them.
CREATE TEMP TABLE given_zh ON COMMIT DROP AS
SELECT rank, split_part(token, ':', 1) AS glyph, split_part(token, ':', 2) AS pinyin
FROM regexp_split_to_table(btrim('
伟:wei 芳:fang 秀:xiu 英:ying 明:ming 华:hua 丽:li 强:qiang 静:jing 敏:min 军:jun 红:hong 杰:jie 娟:juan
勇:yong 艳:yan 涛:tao 霞:xia 超:chao 平:ping 刚:gang 桂:gui 玲:ling 建:jian 国:guo 玉:yu 文:wen 辉:hui
梅:mei 鹏:peng 兰:lan 飞:fei 鑫:xin 波:bo 斌:bin 宇:yu 浩:hao 凯:kai 健:jian 俊:jun 帆:fan 雪:xue
婷:ting 峰:feng 欣:xin 晨:chen 佳:jia 子:zi 梓:zi 涵:han 轩:xuan 雨:yu 晓:xiao 小:xiao 春:chun 海:hai
燕:yan 琴:qin 云:yun 洁:jie 莉:li 林:lin 新:xin 东:dong 龙:long 成:cheng 志:zhi 立:li 永:yong 庆:qing
思:si 怡:yi 一:yi 诗:shi 嘉:jia 宏:hong 洪:hong 磊:lei 亮:liang 震:zhen 振:zhen 光:guang 荣:rong 德:de
良:liang 忠:zhong 仁:ren 义:yi 礼:li 智:zhi 信:xin 诚:cheng 少:shao 家:jia 金:jin 银:yin 珍:zhen 珠:zhu
琳:lin 瑶:yao 瑞:rui 璐:lu 倩:qian 颖:ying 慧:hui 蕾:lei 薇:wei 菲:fei 萍:ping 蓉:rong 莲:lian 菊:ju
月:yue 星:xing 晶:jing 晴:qing 阳:yang 旭:xu 昊:hao 天:tian 宁:ning 安:an 康:kang 乐:le 福:fu 寿:shou
松:song 柏:bai 森:sen 泽:ze 润:run 江:jiang 河:he 湖:hu 洋:yang 沛:pei 清:qing 源:yuan 泉:quan 山:shan
岩:yan 岚:lan 岳:yue 翔:xiang 腾:teng 骏:jun 彬:bin 博:bo 睿:rui 哲:zhe 毅:yi 坚:jian 恒:heng 恩:en
惠:hui 悦:yue 欢:huan 爱:ai 心:xin 雅:ya 淑:shu 贤:xian 美:mei 妮:ni 娜:na 婉:wan 媛:yuan 嫣:yan
铭:ming 锋:feng 钰:yu 铁:tie 启:qi 承:cheng 宗:zong 祥:xiang 丹:dan 青:qing 蓝:lan 紫:zi 彤:tong 朝:zhao
', E' \n'), '\s+') WITH ORDINALITY AS list (token, rank);

-- Characters that some systems store in their traditional form.
CREATE TEMP TABLE traditional ON COMMIT DROP AS
SELECT '张刘陈杨黄赵吴孙马罗郑谢许韩邓冯万顾龚贾陆卢钟叶苏吕汤华丽强静军红娟艳涛玲国辉鹏兰飞凯云洁东龙庆宁乐岚骏爱贤铭锋铁号' AS simplified,
	   '張劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮萬顧龔賈陸盧鐘葉蘇呂湯華麗強靜軍紅娟艷濤玲國輝鵬蘭飛凱雲潔東龍慶寧樂嵐駿愛賢銘鋒鐵號' AS traditional;

-- Cities as English name:Chinese name:another spelling:head of the postcode:telephone area, which
-- Chinese mobile numbers do not have.
CREATE TEMP TABLE city ON COMMIT DROP AS
SELECT split_part(token, ':', 5) = '' AS is_chinese, rank,
	   replace(split_part(token, ':', 1), '_', ' ') AS english, split_part(token, ':', 2) AS chinese,
	   replace(split_part(token, ':', 3), '_', ' ') AS spelling,
	   split_part(token, ':', 4) AS postcode, split_part(token, ':', 5) AS area
FROM regexp_split_to_table(btrim('
New_York:纽约:NYC:100:212 Los_Angeles:洛杉矶:L.A.:900:213 Chicago:芝加哥:Chicago,_IL:606:312
Houston:休斯敦:Houston,_TX:770:713 San_Francisco:旧金山:SF:941:415 Philadelphia:费城:Philly:191:215
Seattle:西雅图:Seattle,_WA:981:206 Boston:波士顿:Boston,_MA:021:617
Phoenix:菲尼克斯:Phoenix,_AZ:850:602 San_Diego:圣迭戈:S._Diego:921:619
Dallas:达拉斯:Dallas,_TX:752:214 San_Jose:圣何塞:S._Jose:951:408 Austin:奥斯汀:Austin,_TX:787:512
Columbus:哥伦布:Columbus,_OH:432:614 Charlotte:夏洛特:Charlotte,_NC:282:704
Denver:丹佛:Denver,_CO:802:303 Atlanta:亚特兰大:Atlanta,_GA:303:404 Miami:迈阿密:Miami,_FL:331:305
Indianapolis:印第安纳波利斯:Indy:462:317 Minneapolis:明尼阿波利斯:Mpls:554:612
Nashville:纳什维尔:Nashville,_TN:372:615 Portland:波特兰:Portland,_OR:972:503
Las_Vegas:拉斯维加斯:Vegas:891:702 Detroit:底特律:Detroit,_MI:482:313
Baltimore:巴尔的摩:Baltimore,_MD:212:410 Memphis:孟菲斯:Memphis,_TN:381:901
Milwaukee:密尔沃基:Milwaukee,_WI:532:414 Saint_Louis:圣路易斯:St._Louis:631:314
Sacramento:萨克拉门托:Sacramento,_CA:958:916 Kansas_City:堪萨斯城:Kansas_Cty:641:816
Oakland:奥克兰:Oakland,_CA:946:510 Pittsburgh:匹兹堡:Pittsburg:152:412
New_Orleans:新奥尔良:N._Orleans:701:504 Cleveland:克利夫兰:Cleveland,_OH:441:216
Shanghai:上海:上海市:2000 Beijing:北京:北京市:1000 Shenzhen:深圳:深圳市:5180
Guangzhou:广州:广州市:5100 Hangzhou:杭州:杭州市:3100 Chengdu:成都:成都市:6100
Nanjing:南京:南京市:2100 Chongqing:重庆:重庆市:4000 Wuhan:武汉:武汉市:4300 Xi''an:西安:西安市:7100
Suzhou:苏州:苏州市:2150 Tianjin:天津:天津市:3000 Changsha:长沙:长沙市:4100
Zhengzhou:郑州:郑州市:4500 Qingdao:青岛:青岛市:2660 Ningbo:宁波:宁波市:3150 Dalian:大连:大连市:1160
Xiamen:厦门:厦门市:3610 Jinan:济南:济南市:2500 Hefei:合肥:合肥市:2300 Kunming:昆明:昆明市:6500
Harbin:哈尔滨:哈尔滨市:1500 Changchun:长春:长春市:1300 Nanchang:南昌:南昌市:3300
Guiyang:贵阳:贵阳市:5500 Shijiazhuang:石家庄:石家庄市:0500
', E' \n'), '\s+') WITH ORDINALITY AS list (token, rank);

-- Streets: long and short form; for Chinese ones the romanised form is the short one.
CREATE TEMP TABLE street ON COMMIT DROP AS
SELECT false AS is_chinese, rank,
	   replace(word, '_', ' ') || ' ' || way AS long, replace(word, '_', ' ') || ' ' || short AS short
FROM regexp_split_to_table(btrim('
Main Oak Maple Park Pine Cedar Elm Washington Lake Hill Walnut Spring North Ridge Church Willow
Mill Sunset Railroad Jackson West_End Cherry Highland Forest River Meadow Broad Chestnut College
Franklin Lincoln Madison Jefferson Prospect Grove Union Center Valley Court Dogwood Magnolia Hickory
Laurel Poplar Sycamore Birch Garden Orchard Harbor Pleasant Fairview Juniper Summit Canyon Mission
', E' \n'), '\s+') WITH ORDINALITY AS list (word, rank),
	(VALUES ('Street', 'St'), ('Avenue', 'Ave'), ('Road', 'Rd'), ('Drive', 'Dr'), ('Lane', 'Ln'),
			('Boulevard', 'Blvd')) AS ways (way, short)
UNION ALL
SELECT true, rank, split_part(token, ':', 1), replace(split_part(token, ':', 2), '_', ' ')
FROM regexp_split_to_table(btrim('
人民路:Renmin_Road 中山路:Zhongshan_Road 解放路:Jiefang_Road 建设路:Jianshe_Road 南京路:Nanjing_Road
北京路:Beijing_Road 新华路:Xinhua_Road 和平路:Heping_Road 文化路:Wenhua_Road 长江路:Changjiang_Road
黄河路:Huanghe_Road 胜利路:Shengli_Road 光明路:Guangming_Road 友谊路:Youyi_Road 团结路:Tuanjie_Road
民主路:Minzhu_Road 东风路:Dongfeng_Road 青年路:Qingnian_Road 学院路:Xueyuan_Road 公园路:Gongyuan_Road
花园路:Huayuan_Road 湖滨路:Hubin_Road 江滨路:Jiangbin_Road 滨海路:Binhai_Road 迎宾路:Yingbin_Road
车站路:Chezhan_Road 体育路:Tiyu_Road 科技路:Keji_Road 创业路:Chuangye_Road 幸福路:Xingfu_Road
平安街:Pingan_Street 朝阳街:Chaoyang_Street 前进街:Qianjin_Street 复兴街:Fuxing_Street
兴业街:Xingye_Street 桃园街:Taoyuan_Street 柳林街:Liulin_Street 梅园街:Meiyuan_Street
竹园巷:Zhuyuan_Lane 泰山路:Taishan_Road 华山路:Huashan_Road 衡山路:Hengshan_Road 嵩山路:Songshan_Road
珠江路:Zhujiang_Road 淮海路:Huaihai_Road 延安路:Yanan_Road 西湖路:Xihu_Road 东湖路:Donghu_Road
南湖路:Nanhu_Road 长安街:Changan_Street
', E' \n'), '\s+') WITH ORDINALITY AS list (token, rank);
