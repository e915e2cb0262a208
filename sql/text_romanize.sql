-- Any script in lower-case ASCII
\pset null NULL
-- versions of psql differ in how wide they take marks to be
\pset format unaligned

-- ASCII: lower case, single blanks, everything else stays
SELECT v, cdw.romanize(v) FROM unnest(ARRAY['  John   SMITH ', 'O''Brien-D''Arcy', 'a@B.c (+1)', '', '   ', E'a\tb\nc']) v;

-- Latin letters lose what is above and below them; others have their customary spelling
SELECT v, cdw.romanize(v)
FROM unnest(ARRAY['José Müller', 'Zoë', 'Łódź', 'Ørsted', 'Straße STRAẞE', 'Æthelþryð', 'Diyarbakır', 'İstanbul', 'Đức', 'Nguyễn',
                  'Œuvre', 'Əliyev', 'Ǆ', 'ﬁne', U&'e\0301', 'ŋ']) v;
-- Full width, ligatures, digits of every script, punctuation
SELECT v, cdw.romanize(v)
FROM unnest(ARRAY['ＷＡＮＧ　１２３', '١٢٣ १२३', '①', '㈱', 'O’Brien O´Brien', '“a”–«b»', 'a·b', '約翰·史密斯', 'ﬁ①½']) v;
-- What has no Latin form becomes a blank; what cannot be seen vanishes
SELECT cdw.romanize('😀') = '' AS emoji, cdw.romanize('a😀b') AS between, cdw.romanize(U&'a\200Bb\FEFFc\00ADd') AS invisible,
       cdw.romanize(U&'\0301') = '' AS mark;

-- Han: pinyin without tones, a token each
SELECT v, cdw.romanize(v)
FROM unnest(ARRAY['王小明', '王 小明', '张伟', '張偉', '吕布', '你好，世界。', '王Wang明', '張三(李四)', '佐々木', '〇', '李𠮷', '王1']) v;
-- Surnames with readings of their own, simplified and traditional (Xiandai Hanyu Cidian)
SELECT v, cdw.romanize(v)
FROM unnest(ARRAY['曾国藩', '曾國藩', '单雄信', '單雄信', '仇英', '区小明', '區小明', '查良镛', '解缙', '任正非', '盖叫天', '朴正熙', '翟志刚',
                  '缪昌文', '繆昌文', '覃辉', '乐毅', '樂毅', '卜算子', '召忽', '员半千', '折彦质', '种师道', '粘子', '繁钦', '黑云']) v;
-- Surnames of two characters
SELECT v, cdw.romanize(v)
FROM unnest(ARRAY['尉迟恭', '尉遲恭', '万俟卨', '令狐冲', '澹台灭明', '澹臺滅明', '长孙无忌', '單于', '欧阳修', '諸葛亮', '司马光', '乐正子春']) v;
-- A surname's reading holds at the start of a name only, and a run of more than four characters is no name
SELECT v, cdw.romanize(v)
FROM unnest(ARRAY['李解', '解放军总医院', '单', '李 乐天', '欧阳 乐天', '曾国藩 单雄信', '单雄信, 解缙', '李曾', '李长春']) v;

-- Words in which a character is read otherwise than alone
SELECT v, cdw.romanize(v) FROM unnest(ARRAY['重庆', '成都市', '廈門', '西藏银行', '王重阳', '王成', '重', '成都々', '音']) v;

-- Kana: the Hepburn form of Japanese passports (Ministry of Foreign Affairs of Japan)
SELECT v, cdw.romanize(v)
FROM unnest(ARRAY['やまだ たろう', 'ヤマダ タロウ', 'ﾔﾏﾀﾞ ﾀﾛｳ', 'さとう', 'おおの', 'ゆうこ', 'いのうえ', 'まつうら', 'しんいち', 'なんば', 'ほんま', 'はっとり',
                  'はっちょう', 'ちぢみ', 'つづき', 'きょうこ', 'じゅん', 'ラーメン', 'ガッコウ']) v;
SELECT v, cdw.romanize(v)
FROM unnest(ARRAY['ファン', 'ティナ', 'ウィリアム', 'ヴァイオレット', 'チェ', 'ツァオ', 'クァン', 'デュラン', 'フュージョン', 'シェリー', 'トゥルー', 'っ', 'ー', 'ゃ']) v;

-- Hangul: Revised Romanization (2000), a token a syllable
SELECT v, cdw.romanize(v)
FROM unnest(ARRAY['김민준', '이 서연', '박정희', '최', '왕건', '독립문', '값', '꽃', U&'\1100\1175\11B7', 'ㄱ', 'ㅏ', '김Kim', 'ㅇ', 'ㅇ!', 'ㅇ曾国藩']) v;

-- Cyrillic: Russian (BGN/PCGN 1947 without apostrophes), and by its letters
-- Ukrainian (resolution 55 of 2010), Belarusian, Bulgarian (Act of 2009), Serbian (its Latin alphabet), Macedonian
SELECT v, cdw.romanize(v)
FROM unnest(ARRAY['Юлия Щербакова', 'Хрущёв', 'Королёв', 'Дмитрий', 'Подъячев', 'Йосиф', U&'\0438\0306', 'ЕЛЕНА', 'Володимир Зеленський', 'Юрій Згурський',
                  'Олександр Згуровський', 'Григорій Хмельницький', 'Достоевский Кузькин',
                  'Єлизавета Їжакевич Ґалаґан', 'Аляксандр Лукашэнка Ўладзімір', 'Димитър Щерев', 'София Първанова', 'Ђорђе Јовић Џајић', 'Жика Љубић',
                  'Ѓорѓи Ќосев Жаков', 'Нұрсұлтан Әбішұлы']) v;

-- Greek: ELOT 743
SELECT v, cdw.romanize(v)
FROM unnest(ARRAY['Γιώργος Παπαδόπουλος', 'Ευάγγελος', 'Αύγουστος Ευτυχία', 'Μπάμπης Λάμπρος', 'Ντίνος', 'Γκίκας', 'Χαράλαμπος Ψυχάρης', 'Σφίγξ',
                  'Μαΐου Ταΰγετος', 'ΟΔΥΣΣΕΥΣ', 'Ὅμηρος']) v;

-- Arabic letters: consonants, and the vowels that are written
SELECT v, cdw.romanize(v)
FROM unnest(ARRAY['محمد', 'مُحَمَّد', 'علي', 'عائشة', 'فاطمة الزهراء', 'يوسف', 'نور', 'عبد الله', 'عبدالله', 'إبراهيم', 'أحمد', 'آدم', 'موسى', 'داود',
                  'مؤمن', 'ﻣﺤﻤﺪ', 'پرویز چنگیزی', 'ژاله گلی', 'ظفر ٹیپو ڈار', 'نوشین', 'ال', 'علی']) v;
SELECT v, cdw.romanize(v) FROM unnest(ARRAY['דוד', 'יוסף', 'שלום', 'כהן', 'פרץ', 'ורד', 'שָׂרָה']) v;

-- Indian scripts: Hunterian; a final a is dropped in the north
SELECT v, cdw.romanize(v)
FROM unnest(ARRAY['राजेश शर्मा', 'सुनीता कुमार', 'कृष्ण', 'चन्द्र', 'ज़फ़र', 'मुंबई', 'संजय', 'সুকুমার রায়', 'গোপাল', 'ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ', 'નરેન્દ્ર મોદી', 'கோபால்',
                  'రాము', 'ಕೋಮಲ', 'മോഹൻ', 'മലയാളം', 'సత్యం', 'मैं']) v;

-- Other scripts as ICU has them
SELECT v, cdw.romanize(v) FROM unnest(ARRAY['สมชาย', 'Սարգսյան', 'გიორგი', 'አበበ']) v;

-- Scripts side by side
SELECT cdw.romanize('Иван王ΓιώργοςJoséкім김') AS mixed;

-- Idempotent, ASCII only: every character of Unicode that can be stored, alone
SELECT count(*) FILTER (WHERE cdw.romanize(r) IS DISTINCT FROM r) AS changes,
       count(*) FILTER (WHERE r !~ '^([!-@[-~]+( [!-@[-~]+)*)?$') AS not_lower_ascii
FROM (SELECT cdw.romanize(chr(i)) AS r FROM generate_series(1, 1114111) i WHERE i NOT BETWEEN 55296 AND 57343 OFFSET 0) x;

-- NULL gives NULL; the limit
SELECT cdw.romanize(NULL);
SELECT length(cdw.romanize(repeat('A', 10000001))) AS ascii, length(cdw.romanize(repeat('王', 100000))) AS han;
SELECT cdw.romanize(repeat('é', 5000001));

-- The longest reading of a surname
SELECT cdw.romanize('公乘阳庆');
