-- The labels of codes in both languages, as the pages show them. migrate_schema repeats the row for each code of the
-- catalogue (control_tower.i18n) that a view of this folder names the group of.
-- Grain and key: (code_group, code).
create or replace view canon.labels (code_group, code, label_es, label_en) as
values
('{code_group}', '{code}', '{label_es}', '{label_en}');
