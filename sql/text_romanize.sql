-- Any script to lower-case ASCII
SELECT cdw.romanize('王小明') AS name, cdw.romanize('曾国藩') AS surname;
