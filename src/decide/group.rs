//! What is decided as one: the kinds of data that `with` joins, or one alone.

use catalog::units::{Bytes, Growth, GrowthAmount, Period};
use catalog::vocabulary::{Amount, Consistency, Durability, Facts, Flag, Quantity, Scale, Tenancy};
use catalog::{Catalog, DatabaseRef};

use crate::requirements::{Change, FOR_EVER, Profile, Requirements, groups};

/// A kind of data in a group.
#[derive(Debug, Clone)]
pub(super) struct Member<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Where it stands in the file.
    pub(super) place: usize,
    pub(super) profile: Profile,
    /// What its bounds depend on.
    pub(super) facts: Facts,
    /// The amounts that are held against bounds.
    pub(super) counted: Vec<(Quantity, Amount)>,
    /// The kind of data that it is copied from.
    pub(super) source: Option<&'a str>,
    /// The database that the file pins.
    pub(super) pin: Option<&'a str>,
}

impl Member<'_> {
    fn with_profile(&self, profile: Profile) -> Self {
        let Self { name, place, source, pin, .. } = *self;
        Self { name, place, facts: profile.bound_facts(), counted: counted(&profile), profile, source, pin }
    }
}

/// Kinds of data that stand in one database.
#[derive(Debug, Clone)]
pub(super) struct Group<'a> {
    /// At least one, in the order of their names, so that the order of the file decides nothing.
    pub(super) members: Vec<Member<'a>>,
    /// The members as one kind of data.
    pub(super) whole: Profile,
    /// What all members ask for together: flags, and the roles that are stated.
    pub(super) needs: Facts,
    /// The flags among these.
    pub(super) flags: Facts,
    /// The stated roles among these.
    pub(super) roles: Facts,
}

impl<'a> Group<'a> {
    fn new(mut members: Vec<Member<'a>>) -> Self {
        members.sort_unstable_by_key(|member| member.name);
        let profiles = || members.iter().map(|member| &member.profile);
        let needs = profiles().map(Profile::needs).fold(Facts::NONE, Facts::and);
        let roles = profiles().map(Profile::roles).fold(Facts::NONE, Facts::and);
        let whole = match members.as_slice() {
            [only] => only.profile.clone(),
            _ => united(members.iter().map(|member| &member.profile)),
        };
        Self { whole, needs, flags: needs.without(roles), roles, members }
    }

    /// The groups of a file, in the order of their first members.
    pub(super) fn of_file(requirements: &'a Requirements, catalog: &Catalog) -> Vec<Self> {
        let member = |place: usize| {
            let (name, data) = requirements.data.get_index(place)?;
            let profile = Profile::of(data, catalog);
            Some(Member {
                name,
                place,
                facts: profile.bound_facts(),
                counted: counted(&profile),
                profile,
                source: data.source.as_ref().map(|source| source.value.as_str()),
                pin: data.database.as_ref().map(|pin| DatabaseRef::parse(&pin.value).id),
            })
        };
        groups(requirements)
            .into_iter()
            .map(|places| Self::new(places.into_iter().filter_map(member).collect()))
            .collect()
    }

    /// A group of one kind of data that stands in no file.
    pub(super) fn of_profile(profile: Profile) -> Self {
        let (facts, counted) = (profile.bound_facts(), counted(&profile));
        Self::new(vec![Member { name: "", place: 0, profile, facts, counted, source: None, pin: None }])
    }

    /// The group as large as one that it is a copy of.
    pub(super) fn sized_like(&self, other: &Profile) -> Self {
        let [member] = self.members.as_slice() else { return self.clone() };
        Self::new(vec![member.with_profile(other.clone())])
    }

    /// The group after a change of one member.
    pub(super) fn with(&self, member: usize, change: Change) -> Self {
        let changed = self.members.iter().enumerate().map(|(index, one)| match index == member {
            true => one.with_profile(one.profile.with(change)),
            false => one.clone(),
        });
        Self::new(changed.collect())
    }

    /// The group as if nobody asked for some things, or said how much.
    pub(super) fn without(&self, flags: &[Flag], quantities: &[Quantity]) -> Self {
        let less = |member: &Member<'a>| {
            let unasked = |profile: Profile, flag: &Flag| profile.with(Change::Flag(*flag, false));
            let profile = flags.iter().fold(member.profile.clone(), unasked);
            let unsaid = |profile: Profile, quantity: &Quantity| profile.without(*quantity);
            member.with_profile(quantities.iter().fold(profile, unsaid))
        };
        Self::new(self.members.iter().map(less).collect())
    }

    /// The database that the file pins a member to. The pins of a group agree: reading the file has checked that.
    pub(super) fn pin(&self) -> Option<&'a str> {
        self.members.iter().find_map(|member| member.pin)
    }

    /// Whether some of it spreads over several nodes.
    pub(super) fn spreads(&self) -> bool {
        self.members.iter().any(|member| member.profile.spreads())
    }

    /// Whether a member says how far it spreads.
    pub(super) fn states_scale(&self) -> bool {
        self.members.iter().any(|member| member.profile.scale.is_some())
    }

    /// The sum of a quantity over the members that do not write in batches, where several state it.
    pub(super) fn sum(&self, quantity: Quantity) -> Option<Amount> {
        let stated = self.members.iter().filter(|member| !member.profile.is_batched());
        let stated: Vec<u64> = stated.filter_map(|member| Some(member.profile.amount(quantity)?.0)).collect();
        (stated.len() > 1).then(|| Amount(stated.into_iter().fold(0, u64::saturating_add)))
    }
}

/// Several kinds of data as one: their flags, the sums of what adds up, the strictest of the rest.
fn united<'p>(profiles: impl Iterator<Item = &'p Profile> + Clone) -> Profile {
    let mut whole = Profile::default();
    for flag in Flag::ALL {
        whole = whole.with(Change::Flag(*flag, profiles.clone().any(|profile| profile.flag(*flag))));
    }
    for quantity in Quantity::ALL {
        let known = profiles.clone().filter_map(|profile| profile.amount(*quantity));
        let united = known.reduce(|Amount(one), Amount(other)| {
            Amount(match quantity {
                _ if quantity.adds_up() => one.saturating_add(other),
                _ if quantity.is_harder_when_smaller() => one.min(other),
                _ => one.max(other),
            })
        });
        if let Some(amount) = united {
            whole = whole.with(Change::Quantity(*quantity, amount));
        }
    }
    let roles: Vec<Durability> = profiles.clone().filter_map(Profile::role).collect();
    whole.durability = [Durability::Primary, Durability::Derived, Durability::Cache]
        .into_iter()
        .find(|durability| roles.contains(durability));
    let any = |holds: &dyn Fn(&Profile) -> bool| profiles.clone().any(holds);
    whole.consistency = any(&|profile| profile.consistency == Some(Consistency::Strong)).then_some(Consistency::Strong);
    whole.scale = [Scale::MultiRegion, Scale::MultiNode, Scale::SingleNode, Scale::Small]
        .into_iter()
        .find(|scale| any(&|profile| profile.scale == Some(*scale)));
    whole.tenancy = any(&|profile| profile.tenancy == Some(Tenancy::Row)).then_some(Tenancy::Row);
    whole.has_source = any(&|profile| profile.has_source);
    let growths = profiles.filter_map(Profile::yearly_growth);
    let yearly = growths.reduce(u64::saturating_add);
    whole.growth = yearly.map(|bytes| Growth { amount: GrowthAmount::Bytes(Bytes(bytes)), period: Period::Year });
    whole
}

/// The amounts that are held against bounds: those that are known and whose need is set.
fn counted(profile: &Profile) -> Vec<(Quantity, Amount)> {
    let known = Quantity::ALL.iter().filter_map(|quantity| Some((*quantity, profile.amount(*quantity)?)));
    let counted = known.filter(|(quantity, _)| belongs(profile, *quantity)).map(|(quantity, amount)| match quantity {
        Quantity::Retention if amount == Amount::ENDLESS => (quantity, Amount(FOR_EVER.0)),
        _ => (quantity, amount),
    });
    counted.collect()
}

/// Whether a quantity says something of data with such flags: embeddings belong to a search by similarity, hops to a graph.
pub(super) fn belongs(profile: &Profile, quantity: Quantity) -> bool {
    match quantity {
        Quantity::Vectors | Quantity::Dimension => profile.flag(Flag::VectorSearch),
        Quantity::TraversalDepth => profile.flag(Flag::GraphRelations),
        Quantity::ObjectSize => profile.flag(Flag::BinaryObjects),
        Quantity::Series => profile.flag(Flag::TimeSeries) || profile.flag(Flag::Metrics),
        _ => true,
    }
}
