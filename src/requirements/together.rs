//! What is decided as one: kinds of data that are joined, or change in one transaction, stand in the same database.

use super::model::Requirements;

/// The kinds of data of a file that `with` joins, by however many steps: the places of each group's members in the order of
/// the file, the groups in the order of their first members.
pub fn groups(requirements: &Requirements) -> Vec<Vec<usize>> {
    let data = &requirements.data;
    let mut first: Vec<usize> = (0..data.len()).collect();
    for (place, kind) in data.values().enumerate() {
        let other = kind.with.as_ref().and_then(|with| data.get_index_of(&with.value));
        let Some(other) = other else { continue };
        let (mine, theirs) = (root(&mut first, place), root(&mut first, other));
        if let Some(parent) = first.get_mut(mine.max(theirs)) {
            *parent = mine.min(theirs);
        }
    }
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); data.len()];
    for place in 0..data.len() {
        let root = root(&mut first, place);
        if let Some(group) = groups.get_mut(root) {
            group.push(place);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// The first member of the group that a place is in; the way there is shortened for who asks next.
fn root(first: &mut [usize], mut place: usize) -> usize {
    while let Some(parent) = first.get(place).copied().filter(|parent| *parent != place) {
        let above = first.get(parent).copied().unwrap_or(parent);
        if let Some(slot) = first.get_mut(place) {
            *slot = above;
        }
        place = above;
    }
    place
}
