#!/bin/sh
# Forms: a profile asks for numbers that states give; each mistake is told by field, rule and example, in three languages.
. "$(dirname "$0")/lib.sh"
server_up
demo_phone_login subscriber >/dev/null 2>&1

as() { demo_as "$@"; }
submit() { # submit FIELD=VALUE...
	as subscriber signet --json submit person-signature --consent name="Zhang Min" country=CN mail=zhang.min@example.test \
		phone=+8613800000003 "$@"
}
said() { grep -q "\"rule\": \".*$1" err; }
# The next version of the person's profile, with these fields besides.
sed -e 's/^version: 1$/version: 2/' "$root/share/profiles/person-signature.yaml" >next.yaml
cat >>next.yaml <<'END'
  - name: resident
    type: cn-resident-id
    required: yes
    title: {en: Resident identity number, zh: 居民身份证号码, ru: Номер удостоверения}
    help: {en: The 18 characters on the back of the card, zh: 身份证背面的18位号码, ru: 18 знаков на обороте карты}
  - name: company
    type: cn-credit-code
    required: no
    title: {en: Credit code, zh: 统一社会信用代码, ru: Код организации}
  - name: inn
    type: ru-inn
    required: no
    title: {en: INN, zh: 俄罗斯税号, ru: ИНН}
  - name: part
    type: one-of
    required: no
    title: {en: Part in the trade, zh: 交易身份, ru: Роль в торгах}
    choices:
      - {value: buyer, title: {en: Buyer, zh: 买方, ru: Покупатель}}
      - {value: seller, title: {en: Seller, zh: 卖方, ru: Продавец}}
  - name: contract
    type: text
    required: no
    pattern: AA-9999
    title: {en: Contract, zh: 合同号, ru: Договор}
END

test_case 'a form with numbers of states is put into force' '
	as administrator signet apply -f next.yaml --yes
'
test_case 'the form is shown with types, examples and help, in three languages' '
	signet profiles person-signature >en && grep -q "cn-resident-id .*11010519491231002X.*18 characters" en && grep -q "buyer *Buyer" en &&
	signet --lang zh profiles person-signature | grep -q "居民身份证号码.*18位" &&
	signet --lang ru profiles person-signature | grep -q "seller *Продавец" &&
	signet --json profiles person-signature | grep -q "\"personal\": true" &&
	expect_refusal profile-unknown signet --json profiles nothing
'
test_case 'a number that is mistyped is refused by its check digit, with an example' '
	expect_refusal field-check submit resident=110105194912310021 && grep -q "\"field\": \"resident\"" err && said 11010519491231002X
'
test_case 'in Chinese and Russian too' '
	expect_exit 65 as subscriber signet --lang zh submit person-signature --draft resident=110105194912310021 && grep -q "resident.*校验位" err &&
	expect_exit 65 as subscriber signet --lang ru submit person-signature --draft inn=7707083894 && grep -q "inn.*контрольная цифра" err
'
test_case 'a birth date that never was is refused' '
	expect_refusal field-format submit resident=110105194902310026 && said YYYYMMDD
'
test_case 'a required number that is missing is refused by name' '
	expect_refusal field-missing submit && grep -q "\"field\": \"resident\"" err
'
test_case 'other words than the list has, and other shapes than the pattern, are refused' '
	expect_refusal field-value submit resident=11010519491231002X part=thief && said "buyer | seller" &&
	expect_refusal field-format submit resident=11010519491231002X contract=QT-26 && said AA-9999
'
test_case 'what is right is kept in one form' '
	submit resident="110105 19491231 002x" company=91110000802100433b inn=7707083893 part=seller contract=QT-2026 >sent &&
	grep -q "\"resident\": \"11010519491231002X\"" sent && grep -q "\"company\": \"91110000802100433B\"" sent
'
test_case 'lists mask the identity number, the case itself shows it, the certificate never' '
	no=$(sed -n "s/^ *\"no\": \"\(.*\)\",*$/\1/p" sent) &&
	as operator signet --json list >list && grep -q "\"resident\": \"\*\*\*\*.*002X\"" list && ! grep -q 1949123 list &&
	as operator signet --json show "$no" >case && grep -q 11010519491231002X case &&
	! grep "\"subject\"" case | grep -q 1949123
'
test_case 'no log has it' '
	! grep -rq 1949123 "$demo_log" && as administrator signet --json audit >log && ! grep -q 1949123 log
'
test_done
