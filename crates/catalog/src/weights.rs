//! The weights that a portfolio is priced with. No figures are published, so each is an assumption and can be
//! overridden in polyglot.toml.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::database::Database;
use super::units::Bytes;
use super::weight::Weight;

/// Declares the weights, and what a polyglot.toml may say of each.
macro_rules! weights {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// What things cost.
        #[derive(Debug, Clone, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Weights {
            $($(#[$doc])* pub $name: Weight,)+
            /// What a polyglot.toml says of databases in place of `cost` in their `[operate]`.
            #[serde(skip)]
            pub operating: BTreeMap<String, Weight>,
            /// In place of `cluster_cost`.
            #[serde(skip)]
            pub cluster: BTreeMap<String, Weight>,
            /// In place of `base_memory`, in GB.
            #[serde(skip)]
            pub floor: BTreeMap<String, Weight>,
        }

        /// The weights of a polyglot.toml, which take the place of ours.
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Overrides {
            $($(#[$doc])* pub $name: Option<Weight>,)+
            /// What is said of databases in place of `cost` in their `[operate]`.
            pub operating: BTreeMap<Spanned<String>, Weight>,
            /// In place of `cluster_cost`.
            pub cluster: BTreeMap<Spanned<String>, Weight>,
            /// In place of `base_memory`, in GB.
            pub floor: BTreeMap<Spanned<String>, Weight>,
        }

        impl Overrides {
            /// The names of the weights that are overridden, with the numbers that hold.
            pub fn named(&self) -> Vec<(String, f64)> {
                let single = [$((stringify!($name), self.$name)),+].into_iter();
                let single = single.filter_map(|(name, weight)| Some((name.to_owned(), weight?.get())));
                let of_each = |table: &str, weights: &BTreeMap<Spanned<String>, Weight>| {
                    let named = weights.iter().map(|(id, weight)| (format!("{table}.{}", id.get_ref()), weight.get()));
                    named.collect::<Vec<_>>()
                };
                let tables = [("operating", &self.operating), ("cluster", &self.cluster), ("floor", &self.floor)];
                single.chain(tables.into_iter().flat_map(|(table, weights)| of_each(table, weights))).collect()
            }

            /// The databases that are named.
            pub fn databases(&self) -> impl Iterator<Item = &Spanned<String>> {
                self.operating.keys().chain(self.cluster.keys()).chain(self.floor.keys())
            }
        }

        impl Weights {
            /// The weights with those of a polyglot.toml in place of ours.
            #[must_use]
            pub fn with(mut self, overrides: &Overrides) -> Self {
                $(self.$name = overrides.$name.unwrap_or(self.$name);)+
                let each = |weights: &BTreeMap<Spanned<String>, Weight>| -> Vec<_> {
                    weights.iter().map(|(id, weight)| (id.get_ref().clone(), *weight)).collect()
                };
                self.operating.extend(each(&overrides.operating));
                self.cluster.extend(each(&overrides.cluster));
                self.floor.extend(each(&overrides.floor));
                self
            }
        }
    };
}

weights! {
    /// What the care of a database is multiplied by that the team runs already.
    operated,
    /// And of one that is akin to such a one.
    related,
    /// And of one that it does not, where the file says what it runs.
    new,
    /// And of one that the policy prefers.
    preferred,
    /// The care of a database that has no weight of its own.
    other,
    /// What such a one takes besides to run over several servers.
    other_cluster,
    /// What the service of such a one needs to start, in GB.
    other_floor,
    /// Each GB that a service needs to start.
    memory,
    /// A need that is served well enough, but that the database is not made for.
    adequate,
    /// The same where the data spreads over several servers.
    adequate_spread,
    /// A need that is served and hurts; a figure halfway from where strain begins to where the database ends; and each
    /// factor of ten past the former where no end is known.
    strained,
    /// A database that hardly anybody looks after any more, or whose licence may forbid the use.
    standing,
    /// A kind of data that nothing fits, or that is pinned where it does not fit.
    unfit,
    /// A copy in another database.
    copy,
    /// Each factor of ten of the writes a second that a copy follows.
    writes,
}

impl Weights {
    /// The care that a database takes.
    pub fn care(&self, database: &Database) -> f64 {
        let own = database.operate.as_ref().map(|operate| operate.cost);
        self.operating.get(database.id.as_str()).copied().or(own).unwrap_or(self.other).get()
    }

    /// What a database takes besides to run over several servers.
    pub fn clustering(&self, database: &Database) -> f64 {
        let own = database.operate.as_ref().map(|operate| operate.cluster_cost);
        self.cluster.get(database.id.as_str()).copied().or(own).unwrap_or(self.other_cluster).get()
    }

    /// What a service of a database needs to start, in GB.
    pub fn memory_floor(&self, database: &Database) -> f64 {
        let overridden = self.floor.get(database.id.as_str()).map(|weight| weight.get());
        let own = || database.operate.as_ref()?.base_memory.as_ref()?.parse::<Bytes>().ok().map(Bytes::gigabytes);
        overridden.or_else(own).unwrap_or(self.other_floor.get())
    }
}
