//! The forest of items and their copies, in the order in which it is walked.

/// How an item hangs on its source, where keeping the two in step costs anything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link {
    pub(crate) source: usize,
    pub(crate) sync: u64,
}

/// A step of the walk through the forest: sources before their copies, and back.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Enter(usize),
    Leave(usize),
}

/// Walks the forest, each item after its source; nothing where a source is missing or the sources go round.
pub(crate) fn walk(links: &[Option<Link>]) -> Option<Vec<Step>> {
    let mut copies = vec![Vec::new(); links.len()];
    for (item, link) in links.iter().enumerate() {
        if let Some(link) = link {
            copies.get_mut(link.source)?.push(item);
        }
    }
    let mut walk = Vec::new();
    let mut entered = 0_usize;
    let roots = links.iter().enumerate().filter(|(_, link)| link.is_none());
    for (root, _) in roots {
        let mut todo = vec![Step::Enter(root)];
        while let Some(step) = todo.pop() {
            walk.push(step);
            if let Step::Enter(item) = step {
                entered = entered.saturating_add(1);
                todo.push(Step::Leave(item));
                todo.extend(copies.get(item)?.iter().rev().map(|copy| Step::Enter(*copy)));
            }
        }
    }
    (entered == links.len()).then_some(walk)
}
