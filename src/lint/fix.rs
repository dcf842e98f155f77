//! Making the edits that findings offer.

use super::violation::Edit;

/// Makes edits in a text, from the last to the first. An edit that overlaps one before it is left out: the next run
/// makes it.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut ordered: Vec<&Edit> = edits.iter().collect();
    ordered.sort_by_key(|edit| (edit.place.start, edit.place.end));
    ordered.dedup();
    let mut made = String::with_capacity(text.len());
    let mut done = 0;
    for edit in ordered {
        let Some(before) = text.get(done..edit.place.start) else { continue };
        made.push_str(before);
        made.push_str(&edit.text);
        done = edit.place.end;
    }
    made.push_str(text.get(done..).unwrap_or_default());
    made
}

#[cfg(test)]
mod tests {
    use super::apply;
    use crate::lint::violation::Edit;
    use crate::source::Place;

    #[test]
    fn edits_that_overlap_wait_for_the_next_run() {
        let edit = |start, end, text: &str| Edit { place: Place::new(start, end), text: text.into() };
        let edits = [edit(4, 6, "X"), edit(0, 2, "Y"), edit(5, 7, "Z"), edit(0, 2, "Y")];
        assert_eq!(apply("01234567", &edits), "Y23X67");
        assert_eq!(apply("가나", &[edit(0, 3, "")]), "나");
        assert_eq!(apply("ab", &[edit(9, 12, "")]), "ab");
    }
}
