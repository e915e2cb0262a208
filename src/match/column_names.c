/*
 * src/match/column_names.c
 *
 * What the name of a column says about its content, in the languages that customer tables are written in.
 *
 * A name is cut into words at underscores, blanks, digits and camelCase. Runs of up to four words,
 * joined, are looked up: "first_name", "firstName" and "FIRST NAME" are "firstname". The longest run
 * decides, and among equals the hint that cdw_hint has first. Words of Chinese, Japanese and Korean stand
 * without blanks and are found anywhere in a name, the longest first; single characters only alone.
 */
#include "match/infer.h"

#include <ctype.h>

#include "mb/pg_wchar.h"
#include "text/text.h"

#define MOST_WORDS 16
#define LONGEST_RUN 4

typedef struct HintWords
{
	cdw_hint hint;
	const char *words; /* in standard form, without blanks inside, between blanks */
} HintWords;

static const HintWords table[] = {
	/* English */
	{CDW_HINT_EMAIL, "email emailaddress emailaddr mail mailaddress eml useremail workemail"},
	{CDW_HINT_PHONE,
	 "phone phonenumber phoneno phonenum telephone telephonenumber tel telno telnumber "
	 "mobile mobilephone mobilenumber mobileno cell cellphone cellnumber cellular fax "
	 "faxnumber faxno landline handphone msisdn whatsapp homephone workphone dayphone "
	 "contactnumber contactno phn ph"},
	{CDW_HINT_BIRTH_DATE, "dob birthdate dateofbirth birthday birth born bday birthdt dobdate"},
	{CDW_HINT_ROW_TIME,
	 "createdat updatedat modifiedat insertedat deletedat createdon updatedon modifiedon created updated "
	 "modified inserted createddate updateddate modifieddate datecreated dateupdated datemodified "
	 "dateadded lastmodified lastupdated lastupdate lastmodifieddate createdate updatedate modifydate "
	 "createtime updatetime modifytime creationdate creationtime timestamp loadedat loaddate loadtime "
	 "loadts etltime etldate ingestedat ingestiontime importedat importdate exportedat syncedat lastsync "
	 "lastsyncedat lastlogin lastloginat lastseen lastseenat lastactivity rowversion systemmodstamp "
	 "validfrom validto asof snapshotdate recordedat extractedat inserttime insertdate createdts "
	 "updatedts extractdate"},
	{CDW_HINT_POSTCODE,
	 "postcode postalcode zip zipcode postal zipc pincode postno postnumber pcode zip4 "
	 "zippostalcode zippostal"},
	{CDW_HINT_IDENTIFIER,
	 "ssn socialsecuritynumber socialsecurity socsecid socsec sin nin nino nationalid nationalidnumber "
	 "nationalinsurance taxid taxnumber taxno taxcode tin itin ein passport passportno passportnumber "
	 "vat vatid vatno vatnumber vatregno iban bic accountnumber accountno acctno "
	 "driverlicense driverslicense licensenumber licenseno licencenumber licenceno idnumber idno idcard "
	 "idcardnumber personalid personalnumber documentnumber documentno docno membernumber memberno "
	 "membershipnumber membershipno loyaltynumber loyaltyno loyaltycard cardnumber cardno customernumber "
	 "customerno custno clientnumber clientno patientnumber medicalrecordnumber mrn nhs nhsnumber npi duns "
	 "dunsnumber lei registrationnumber regno companynumber insurancenumber policynumber policyno "
	 "studentnumber studentno employeenumber employeeno isbn issn ean upc gtin sku asin doi imei vin "
	 "licenseplate orcid username userlogin login loginname nickname handle website url homepage domain "
	 "barcode partnumber partno modelnumber modelno aadhaar pan curp rfc"},
	{CDW_HINT_GIVEN_NAME, "firstname fname forename forenames givenname givennames given first "
						  "christianname middlename middlenames mname middle secondname firstnames "
						  "preferredname namefirst namegiven middleinitial"},
	{CDW_HINT_FAMILY_NAME, "lastname lname surname surnames familyname family last maidenname "
						   "birthname namelast namefamily secondsurname"},
	{CDW_HINT_LATITUDE, "latitude lat geolat"},
	{CDW_HINT_LONGITUDE, "longitude lon lng long geolon geolng"},
	{CDW_HINT_GENDER, "gender sex"},
	{CDW_HINT_TITLE,
	 "salutation honorific nameprefix namesuffix prefix suffix courtesytitle persontitle"},
	{CDW_HINT_COMPANY,
	 "company companyname organisation organization organisationname "
	 "organizationname org orgname firm firmname business businessname employer "
	 "employername corporation corporate accountname suppliername supplier vendor "
	 "vendorname manufacturer brand brandname publisher tradingname legalname "
	 "tradename institution merchant merchantname shopname storename restaurant "
	 "restaurantname dealer"},
	{CDW_HINT_COUNTRY,
	 "country countrycode countryname nation nationality citizenship countryofbirth "
	 "birthcountry"},
	{CDW_HINT_REGION, "state statecode province region county prefecture canton stateprovince "
					  "stateorprovince territory"},
	{CDW_HINT_PLACE,
	 "city cityname town towncity suburb locality village municipality place placeofbirth "
	 "birthplace birthcity cityofbirth hometown district borough neighbourhood "
	 "neighborhood posttown location"},
	{CDW_HINT_HOUSE_NUMBER,
	 "streetnumber streetno houseno housenumber buildingnumber buildingno unit "
	 "unitnumber unitno apartment apartmentnumber aptno apt flat flatnumber"},
	{CDW_HINT_ADDRESS,
	 "address addr address1 address2 address3 street streetname streetaddress "
	 "addressline homeaddress mailingaddress postaladdress billingaddress shippingaddress "
	 "deliveryaddress line fulladdress residence road streetaddr"},
	{CDW_HINT_FULL_NAME,
	 "fullname customername clientname personname patientname guestname membername username1 "
	 "nameofcustomer "
	 "studentname employeename cardholder cardholdername ownername owner author "
	 "authorname buyername recipientname displayname holdername recipient billingname "
	 "shippingname passengername passenger guest firstandsurname firstlastname "
	 "completename legalfullname realname"},
	{CDW_HINT_RELATIVE,
	 "father fathername fathersname mother mothername mothersname mothermaidenname "
	 "mothersmaidenname parentname guardian guardianname spouse spousename nextofkin nextofkinname "
	 "emergencycontact emergencycontactname"},
	{CDW_HINT_CONTACT,
	 "contact contactname contactperson contactfullname primarycontact maincontact"},
	{CDW_HINT_DATE,
	 "date orderdate transactiondate purchasedate visitdate admissiondate dischargedate "
	 "arrivaldate departuredate arrival departure checkin checkout checkindate "
	 "checkoutdate bookingdate paymentdate invoicedate eventdate startdate enddate visit lastvisit "
	 "admission discharge registration registrdt regdate signup "
	 "joindate joined signupdate registrationdate registeredat registered expirydate "
	 "expirationdate expires deathdate dateofdeath duedate shipdate deliverydate releasedate "
	 "released"},
	{CDW_HINT_NUMBER,
	 "amount amt price cost total subtotal balance quantity qty age weight height "
	 "income salary revenue turnover score rating points value discount fee spend "
	 "totalspend totalspent lifetimevalue ltv orders visits employees size volume abv"},
	{CDW_HINT_CATEGORY,
	 "type category class kind status segment tier level lang language locale maritalstatus currency "
	 "channel industry sector occupation profession jobtitle job department role race ethnicity "
	 "religion bloodtype bloodgroup color colour genre flag active enabled optin consent "
	 "newsletter subscribed source cuisine style"},
	{CDW_HINT_FREE_TEXT,
	 "comment comments note notes remark remarks feedback message body freetext "
	 "bio biography about internalnotes"},
	{CDW_HINT_DESCRIPTION,
	 "description descr details detail summary abstract content text longtext"},
	{CDW_HINT_NAME, "name names title namefull namn"},
	{CDW_HINT_ROW_ID,
	 "id uuid guid rowid recordid recid uniqueid pk oid rownum rownumber seq sequence "
	 "index idx key serial externalid"},
	/* German */
	{CDW_HINT_EMAIL, "emailadresse mailadresse epost"},
	{CDW_HINT_PHONE,
	 "telefon telefonnummer telefonnr telefonmobil mobil mobilnummer mobiltelefon handy "
	 "handynummer rufnummer festnetz telefax faxnummer telnr telefonprivat"},
	{CDW_HINT_BIRTH_DATE, "geburtsdatum geburtstag gebdatum gebdat geb geboren gebtag"},
	{CDW_HINT_ROW_TIME, "erstelltam angelegtam geaendertam geandertam anlagedatum aenderungsdatum "
						"anderungsdatum erstellt angelegt erfasstam"},
	{CDW_HINT_POSTCODE, "plz postleitzahl"},
	{CDW_HINT_IDENTIFIER,
	 "kundennummer kundennr kdnr steuernummer steuerid steuernr ustid ustidnr uid "
	 "ausweisnummer ausweisnr personalausweis reisepass passnummer "
	 "sozialversicherungsnummer svnr versichertennummer mitgliedsnummer "
	 "vertragsnummer kontonummer ahvnummer ahv handelsregisternummer benutzername"},
	{CDW_HINT_GIVEN_NAME, "vorname vornamen rufname"},
	{CDW_HINT_FAMILY_NAME, "nachname familienname zuname geburtsname"},
	{CDW_HINT_LATITUDE, "breitengrad breite"},
	{CDW_HINT_LONGITUDE, "langengrad laengengrad"},
	{CDW_HINT_GENDER, "geschlecht"},
	{CDW_HINT_TITLE, "anrede titel"},
	{CDW_HINT_COMPANY,
	 "firma firmenname firmierung unternehmen organisationsname arbeitgeber lieferant "
	 "hersteller"},
	{CDW_HINT_COUNTRY, "land staat nationalitat staatsangehorigkeit landercode laendercode"},
	{CDW_HINT_REGION, "bundesland kanton"},
	{CDW_HINT_PLACE, "ort stadt wohnort ortschaft geburtsort gemeinde ortsteil"},
	{CDW_HINT_HOUSE_NUMBER, "hausnummer hausnr hnr"},
	{CDW_HINT_ADDRESS, "adresse anschrift strasse strassenname str adresszeile adresszusatz "
					   "strassehausnummer strassehausnr strasseundhausnummer"},
	{CDW_HINT_FULL_NAME, "kundenname vollname vollstandigername"},
	{CDW_HINT_RELATIVE, "vater mutter vatername muttername erziehungsberechtigter ehepartner"},
	{CDW_HINT_CONTACT, "ansprechpartner kontakt kontaktperson"},
	{CDW_HINT_DATE, "datum bestelldatum kaufdatum rechnungsdatum eintrittsdatum anreise abreise"},
	{CDW_HINT_NUMBER, "betrag preis summe anzahl menge alter gewicht umsatz punkte"},
	{CDW_HINT_CATEGORY,
	 "typ kategorie klasse sprache familienstand wahrung beruf abteilung branche"},
	{CDW_HINT_FREE_TEXT, "bemerkung bemerkungen notiz notizen kommentar hinweis anmerkung"},
	{CDW_HINT_DESCRIPTION, "beschreibung bezeichnung"},
	/* French */
	{CDW_HINT_EMAIL, "courriel adressemail mel adresseelectronique"},
	{CDW_HINT_PHONE, "telephoneportable portable numerotelephone telephonefixe tele"},
	{CDW_HINT_BIRTH_DATE, "datenaissance datedenaissance naissance neele nele ddn"},
	{CDW_HINT_ROW_TIME, "datecreation datemodification creele modifiele datemaj"},
	{CDW_HINT_POSTCODE, "codepostal cp"},
	{CDW_HINT_IDENTIFIER,
	 "siret siren numerosecu nir numeroclient noclient numclient numerotva identifiant"},
	{CDW_HINT_GIVEN_NAME, "prenom prenoms"},
	{CDW_HINT_FAMILY_NAME, "nomdefamille nomfamille nomusage nomdenaissance patronyme"},
	{CDW_HINT_GENDER, "genre sexe"},
	{CDW_HINT_TITLE, "civilite"},
	{CDW_HINT_COMPANY, "societe entreprise raisonsociale fournisseur nomsociete"},
	{CDW_HINT_COUNTRY, "pays nationalite"},
	{CDW_HINT_REGION, "departement"},
	{CDW_HINT_PLACE, "ville commune localite lieunaissance lieudenaissance"},
	{CDW_HINT_ADDRESS, "rue voie"},
	{CDW_HINT_FULL_NAME, "nomcomplet nomprenom nometprenom nomclient"},
	{CDW_HINT_NAME, "nom"},
	{CDW_HINT_NUMBER, "montant prix quantite solde"},
	{CDW_HINT_CATEGORY, "categorie langue statut situationfamiliale metier"},
	{CDW_HINT_FREE_TEXT, "commentaire commentaires remarque remarques"},
	/* Spanish */
	{CDW_HINT_EMAIL, "correo correoelectronico"},
	{CDW_HINT_PHONE, "telefono celular movil telefonomovil numerotelefono telefonofijo"},
	{CDW_HINT_BIRTH_DATE, "fechanacimiento fechadenacimiento nacimiento fecnac fnacimiento"},
	{CDW_HINT_ROW_TIME, "fechacreacion fechamodificacion fechaactualizacion fechaalta"},
	{CDW_HINT_POSTCODE, "codigopostal codpostal"},
	{CDW_HINT_IDENTIFIER,
	 "dni nif nie cif cedula numerocliente documentoidentidad pasaporte rut cuit"},
	{CDW_HINT_GIVEN_NAME, "nombres primernombre segundonombre nombrepila"},
	{CDW_HINT_FAMILY_NAME, "apellido apellidos primerapellido segundoapellido apellidopaterno "
						   "apellidomaterno"},
	{CDW_HINT_GENDER, "genero sexo"},
	{CDW_HINT_COMPANY, "empresa razonsocial compania proveedor"},
	{CDW_HINT_COUNTRY, "pais nacionalidad"},
	{CDW_HINT_REGION, "provincia estado"},
	{CDW_HINT_PLACE, "ciudad localidad poblacion municipio lugarnacimiento"},
	{CDW_HINT_ADDRESS, "direccion calle domicilio"},
	{CDW_HINT_FULL_NAME, "nombrecompleto nombreyapellidos nombrecliente"},
	{CDW_HINT_NAME, "nombre"},
	{CDW_HINT_DATE, "fecha"},
	{CDW_HINT_NUMBER, "importe precio cantidad edad saldo"},
	{CDW_HINT_CATEGORY, "idioma estadocivil profesion"},
	{CDW_HINT_FREE_TEXT, "comentario comentarios observaciones notas"},
	{CDW_HINT_DESCRIPTION, "descripcion"},
	/* Italian, Portuguese, Dutch */
	{CDW_HINT_EMAIL, "postaelettronica indirizzoemail correioeletronico"},
	{CDW_HINT_PHONE, "cellulare numerotelefono telefone telemovel telefoon telefoonnummer mobiel "
					 "gsm mobielnummer"},
	{CDW_HINT_BIRTH_DATE,
	 "datanascita datadinascita nascita datanascimento datadenascimento nascimento "
	 "geboortedatum geboren geboorte"},
	{CDW_HINT_ROW_TIME,
	 "datacreazione datamodifica datacriacao datacadastro aangemaaktop gewijzigdop"},
	{CDW_HINT_POSTCODE, "codicepostale cap cep codigopostal"},
	{CDW_HINT_IDENTIFIER, "codicefiscale partitaiva piva cpf cnpj nif bsn kvk kvknummer btwnummer "
						  "klantnummer rijksregisternummer"},
	{CDW_HINT_GIVEN_NAME, "primeironome voornaam voornamen roepnaam"},
	{CDW_HINT_FAMILY_NAME, "cognome sobrenome apelido ultimonome achternaam familienaam"},
	{CDW_HINT_GENDER, "sesso geslacht"},
	{CDW_HINT_TITLE, "aanhef"},
	{CDW_HINT_COMPANY, "azienda ditta ragionesociale fornitore razaosocial nomefantasia bedrijf "
					   "bedrijfsnaam leverancier"},
	{CDW_HINT_COUNTRY, "paese nazionalita nacionalidade nationaliteit"},
	{CDW_HINT_REGION, "regione provincie uf"},
	{CDW_HINT_PLACE,
	 "citta comune luogonascita cidade bairro plaats woonplaats stad geboorteplaats gemeente"},
	{CDW_HINT_HOUSE_NUMBER, "civico numerocivico huisnummer huisnr"},
	{CDW_HINT_ADDRESS, "indirizzo via endereco rua logradouro morada adres straat straatnaam"},
	{CDW_HINT_FULL_NAME, "nomecompleto nomecognome nominativo nomecliente volledigenaam klantnaam"},
	{CDW_HINT_NAME, "nome naam"},
	{CDW_HINT_DATE, "data"},
	{CDW_HINT_NUMBER, "importo prezzo bedrag prijs preco idade leeftijd"},
	{CDW_HINT_FREE_TEXT, "opmerking opmerkingen observacoes osservazioni"},
	{CDW_HINT_DESCRIPTION, "descrizione descricao omschrijving"},
	/* Chinese */
	{CDW_HINT_EMAIL, "邮箱 邮件 电子邮件 电子邮箱 邮箱地址 邮件地址 电邮 電子郵件 電郵 郵箱"},
	{CDW_HINT_PHONE,
	 "手机 手机号 手机号码 电话 电话号码 联系电话 固定电话 座机 传真 移动电话 联系方式 手機 手機號碼 "
	 "電話 電話號碼 聯絡電話 行動電話 傳真"},
	{CDW_HINT_BIRTH_DATE, "生日 出生日期 出生年月 出生年月日 出生"},
	{CDW_HINT_ROW_TIME,
	 "创建时间 更新时间 修改时间 录入时间 注册时间 创建日期 更新日期 建立時間 更新時間"},
	{CDW_HINT_POSTCODE, "邮编 邮政编码 郵編 郵遞區號"},
	{CDW_HINT_IDENTIFIER,
	 "身份证 身份证号 身份证号码 证件号 证件号码 护照 护照号 税号 纳税人识别号 "
	 "统一社会信用代码 信用代码 会员号 会员卡号 卡号 银行卡 客户编号 微信 微信号 qq 账号 "
	 "身份證 護照 統一編號 會員編號"},
	{CDW_HINT_GIVEN_NAME, "名 名字"},
	{CDW_HINT_FAMILY_NAME, "姓 姓氏"},
	{CDW_HINT_LATITUDE, "纬度 緯度"},
	{CDW_HINT_LONGITUDE, "经度 經度"},
	{CDW_HINT_GENDER, "性别 性別"},
	{CDW_HINT_TITLE, "称呼 称谓"},
	{CDW_HINT_COMPANY,
	 "公司 公司名称 企业 企业名称 单位 单位名称 工作单位 供应商 厂商 公司名稱 品牌"},
	{CDW_HINT_COUNTRY, "国家 国籍 國家 國籍"},
	{CDW_HINT_REGION, "省 省份 地区 民族"},
	{CDW_HINT_PLACE, "城市 市 区 县 区县 籍贯 出生地"},
	{CDW_HINT_ADDRESS, "地址 住址 家庭住址 收货地址 联系地址 通讯地址 详细地址 居住地址 街道"},
	{CDW_HINT_FULL_NAME, "姓名 客户姓名 客户名称 收货人 会员姓名"},
	{CDW_HINT_RELATIVE, "父亲姓名 母亲姓名 家长姓名 监护人 配偶姓名 紧急联系人"},
	{CDW_HINT_CONTACT, "联系人 联络人 聯絡人"},
	{CDW_HINT_NAME, "名称 名稱"},
	{CDW_HINT_DATE, "日期 时间"},
	{CDW_HINT_NUMBER, "金额 价格 数量 年龄 积分 年齡"},
	{CDW_HINT_CATEGORY, "类型 类别 状态 等级 职业 职务 部门 来源 渠道"},
	{CDW_HINT_FREE_TEXT, "备注 说明 留言 備註"},
	{CDW_HINT_DESCRIPTION, "描述 简介"},
	{CDW_HINT_ROW_ID, "编号 序号 編號"},
	/* Japanese */
	{CDW_HINT_EMAIL, "メール メールアドレス eメール"},
	{CDW_HINT_PHONE, "電話番号 携帯 携帯電話 携帯番号 ファックス"},
	{CDW_HINT_BIRTH_DATE, "生年月日 誕生日"},
	{CDW_HINT_POSTCODE, "郵便番号"},
	{CDW_HINT_IDENTIFIER, "会員番号 顧客番号 マイナンバー"},
	{CDW_HINT_GIVEN_NAME, "メイ"},
	{CDW_HINT_FAMILY_NAME, "セイ 名字姓"},
	{CDW_HINT_COMPANY, "会社 会社名 勤務先 法人名"},
	{CDW_HINT_COUNTRY, "国 国名"},
	{CDW_HINT_REGION, "都道府県"},
	{CDW_HINT_PLACE, "市区町村 市町村"},
	{CDW_HINT_ADDRESS, "住所 番地"},
	{CDW_HINT_FULL_NAME, "氏名 お名前 フリガナ ふりがな 名前"},
	/* Korean */
	{CDW_HINT_EMAIL, "이메일 메일"},
	{CDW_HINT_PHONE, "전화 전화번호 휴대폰 휴대전화 핸드폰 연락처 팩스"},
	{CDW_HINT_BIRTH_DATE, "생년월일 생일"},
	{CDW_HINT_POSTCODE, "우편번호"},
	{CDW_HINT_IDENTIFIER, "주민등록번호 주민번호 사업자등록번호 회원번호 고객번호"},
	{CDW_HINT_FAMILY_NAME, "성"},
	{CDW_HINT_GENDER, "성별"},
	{CDW_HINT_COMPANY, "회사 회사명 기업명"},
	{CDW_HINT_COUNTRY, "국가 국적"},
	{CDW_HINT_PLACE, "도시 시군구"},
	{CDW_HINT_ADDRESS, "주소"},
	{CDW_HINT_FULL_NAME, "이름 성명 고객명"},
	{CDW_HINT_FREE_TEXT, "비고 메모"},
};

typedef struct Best
{
	cdw_hint hint;
	int size;
} Best;

/* A longer match wins, among equals the earlier hint. */
static void
offer(Best *best, cdw_hint hint, int size)
{
	if (size > best->size || (size == best->size && hint < best->hint))
		*best = (Best){.hint = hint, .size = size};
}

/* Offers every hint that has the run of words as an entry. */
static void
look_up(const char *run, int len, int nwords, Best *best)
{
	for (int i = 0; i < (int) lengthof(table); i++)
		for (const char *word = table[i].words; *word;)
		{
			int size = strcspn(word, " ");

			if (size == len && memcmp(word, run, len) == 0)
				offer(best, table[i].hint, nwords);
			word += size + (word[size] == ' ');
		}
}

/* Offers every hint that has an entry beyond ASCII inside the name, or as the whole name. */
static void
look_inside(const char *name, Best *best)
{
	for (int i = 0; i < (int) lengthof(table); i++)
	{
		const char *word = table[i].words;

		while (*word)
		{
			int size = strcspn(word, " ");
			char *entry = pnstrdup(word, size);
			int characters = pg_mbstrlen(entry);

			if (IS_HIGHBIT_SET(*word) &&
				(characters > 1 ? strstr(name, entry) != NULL : strcmp(name, entry) == 0))
				offer(best, table[i].hint, characters);
			pfree(entry);
			word += size + (word[size] == ' ');
		}
	}
}

/* The name with blanks where case or digits tell that a word begins, in standard form. */
static char *
split_words(const char *name)
{
	StringInfoData spaced;
	StringInfoData words;

	initStringInfo(&spaced);
	initStringInfo(&words);
	for (const char *c = name; *c; c++)
	{
		bool after_lower = c > name && islower((unsigned char) c[-1]);
		bool after_upper = c > name && isupper((unsigned char) c[-1]);
		bool digit = isdigit((unsigned char) *c);

		if (isupper((unsigned char) *c) &&
			(after_lower || (after_upper && islower((unsigned char) c[1]))))
			appendStringInfoChar(&spaced, ' ');
		else if (c > name && digit != (isdigit((unsigned char) c[-1]) != 0))
			appendStringInfoChar(&spaced, ' ');
		/* the standard form of text drops dots and apostrophes, so "e-mail" and "first.name" need help */
		appendStringInfoChar(&spaced, IS_HIGHBIT_SET(*c) || isalnum((unsigned char) *c) ? *c : ' ');
	}
	cdw_normalize_text(spaced.data, spaced.len, &words);
	pfree(spaced.data);
	return words.data;
}

/* What the name of a column says about it; CDW_HINT_NONE where it says nothing. */
cdw_hint
cdw_column_hint(const char *name)
{
	Best best = {.hint = CDW_HINT_NONE};
	char *words = split_words(name);
	char *word[MOST_WORDS];
	int n = 0;

	for (char *next = strtok(words, " "); next && n < MOST_WORDS; next = strtok(NULL, " "))
		word[n++] = next;
	for (int first = 0; first < n; first++)
	{
		StringInfoData run;

		initStringInfo(&run);
		for (int last = first; last < n && last < first + LONGEST_RUN; last++)
		{
			appendStringInfoString(&run, word[last]);
			look_up(run.data, run.len, last - first + 1, &best);
			if (IS_HIGHBIT_SET(run.data[0]))
				look_inside(run.data, &best);
		}
		pfree(run.data);
	}
	return best.hint;
}
