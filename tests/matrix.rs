//! Each row of the matrix, by its id and by its Korean name.

use catalog::State;

use polyglot::config::Policy;
use polyglot::decide::{Depth, Tree};
use polyglot::requirements::Profile;

use crate::support::{decide, decide_with, parse};

/// The matrix as it was given: id, Korean name, recommended database, alternative; and what the fit leaves.
const GIVEN: [(&str, &str, &str, &str, &str); 8] = [
    ("user_profile", "사용자 프로필", "postgresql", "mysql", "postgresql"),
    ("realtime_state", "실시간 상태", "redis", "keydb", "redis"),
    ("conversation", "대화 기록", "mongodb", "couchdb", "mongodb"),
    ("time_series", "시계열 데이터", "influxdb", "timescaledb", "influxdb"),
    ("graph", "그래프 관계", "neo4j", "arangodb", "neo4j"),
    ("vector", "벡터 임베딩", "chromadb", "pinecone", "chromadb"),
    ("log", "로그 데이터", "elasticsearch", "opensearch", "elasticsearch"),
    ("file", "이미지/파일", "minio", "s3", "seaweedfs"),
];

#[test]
fn the_matrix_is_the_given_one() {
    let catalog = polyglot::embedded::catalog();
    let rows: Vec<_> = catalog.matrix().row.iter().collect();
    assert_eq!(rows.len(), GIVEN.len());
    for (row, (kind, korean, recommended, alternative, _)) in rows.iter().zip(GIVEN) {
        assert_eq!(
            [&row.kind, &row.korean, &row.recommended, &row.alternative],
            [kind, korean, recommended, alternative]
        );
        assert!(!row.reason.is_empty());
    }
}

#[test]
fn each_row_is_reached_by_either_name() {
    let catalog = polyglot::embedded::catalog();
    let tree = Tree::embedded(&catalog).unwrap();
    for (kind, korean, recommended, alternative, left) in GIVEN {
        for name in [kind, korean] {
            let text = format!("version: 1\ndata:\n  it: {{ kind: {name} }}\n");
            let requirements = parse(&text, &catalog).unwrap();
            let walk = tree.walk(&Profile::of(&requirements.data["it"], &catalog)).unwrap();
            assert_eq!(walk.answer.databases, [recommended], "{name}");

            let answer = decide_with(&text, &Policy::default(), Depth::Alternatives).selections.remove(0);
            assert_eq!(answer.databases, [left], "{name}");
            assert_eq!(answer.kind.as_deref(), Some(kind));
            let instead_of = answer.instead_of.map(|replaced| replaced.databases);
            assert_eq!(instead_of, (left != recommended).then(|| vec![recommended.to_owned()]), "{name}");
            let offered = answer.alternatives.iter().find(|offered| offered.database == alternative);
            let offered = offered.unwrap_or_else(|| panic!("{name}: {alternative} is not offered"));
            let state = catalog.get(alternative).unwrap().upstream.state;
            assert_eq!(offered.upstream, state.to_string());
            if state == State::Dormant {
                assert_eq!(offered.verdict, "strained");
                assert!(offered.why_not.contains("upstream"), "{}", offered.why_not);
            }
        }
    }
    assert_eq!(catalog.get("keydb").unwrap().upstream.state, State::Dormant);
    assert_eq!(catalog.get("minio").unwrap().upstream.state, State::Archived);
}

#[test]
fn an_explicit_flag_wins_over_the_kinds() {
    let answer =
        decide("version: 1\ndata:\n  it: { kind: user_profile, complex_relations: false }\n").selections.remove(0);
    assert_eq!(answer.databases, ["mysql"]);
}
