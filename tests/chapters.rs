//! The chapters of the documentation that are made from what the program knows are as committed; `SNAPSHOTS=overwrite`
//! writes them anew.

use polyglot::report::field;
use polyglot::report::needs::{Matrix, MatrixFormat};
use snapbox::{Data, IntoData, assert_data_eq};

use crate::support::project;

const FIELDS: &str = "\
# The requirements file

Made from the schema; a test fails when it is stale. `polyglot explain FIELD` prints one of the fields, `polyglot schema` the JSON
Schema for editors.

A file starts with `version: 1`. Under `data:` each dataset has a name and what is known of it; `target` describes the host, `team` who
runs it. Leave out what you do not know: nothing is decided on an amount that is absent, and where it matters the answer says what
it assumes.

```yaml
version: 1
name: shop
target: { memory: 64GB, cpus: 8, disk: 2TB }
team: { engineers: 4, operates: [postgresql] }
data:
  orders: { needs_transactions: true, complex_relations: true, durability: primary, data_size: 200GB }
  order_events: { append_only: true, retention: forever, with: orders }
  product_search: { full_text: true, search_heavy: true, source: orders, sync: cdc, records: 40M }
  jobs: { queue: true, writes: 200/s }
  sessions: { durability: cache }
```

Sizes are powers of 1024 (`kB`, `MB`, `GB`, `TB`, `PB`), numbers may end in `k`, `M` or `G`, rates in `/s`, `/min`, `/h` or `/d`.
Durations are `us`, `ms`, `s`, `m`, `h`, `d`, `w`, `months` or `y`, alone or together: `1h30m`.

";

const DATABASES: &str = "\
# The databases side by side

Made from the catalogue; a test fails when it is stale. `polyglot catalog --matrix` prints it for a terminal.

";

fn assert_chapter(page: &str, path: &str) {
    assert_data_eq!(page.into_data().raw(), Data::read_from(&project(path), None).raw());
}

#[test]
fn the_chapter_on_the_file_is_made_from_its_schema() {
    let schema = polyglot::requirements::schema(&polyglot::embedded::catalog());
    assert_chapter(&format!("{FIELDS}{}", field::markdown(&schema)), "docs/requirements.md");
}

#[test]
fn the_chapter_on_the_databases_is_made_from_the_catalog() {
    let catalog = polyglot::embedded::catalog();
    let matrices = Matrix::of(&catalog).render(MatrixFormat::Markdown).expect("Markdown");
    assert_chapter(&format!("{DATABASES}{matrices}"), "docs/databases.md");
}
