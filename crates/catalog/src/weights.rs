//! The weights that choices and portfolios are priced with. No figures are published, so each is an assumption and can be
//! overridden in polyglot.toml.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::database::Database;
use super::weight::Weight;

/// Declares the weights, and what a polyglot.toml may say of each.
macro_rules! weights {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// What things cost.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Weights {
            $($(#[$doc])* pub $name: Weight,)+
            /// What a polyglot.toml says of databases in place of `cost` in their `[operate]`.
            #[serde(skip)]
            pub operating: BTreeMap<String, Weight>,
            /// In place of `cluster_cost`.
            #[serde(skip)]
            pub cluster: BTreeMap<String, Weight>,
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
                let tables = [("operating", &self.operating), ("cluster", &self.cluster)];
                single.chain(tables.into_iter().flat_map(|(table, weights)| of_each(table, weights))).collect()
            }

            /// The databases that are named.
            pub fn databases(&self) -> impl Iterator<Item = &Spanned<String>> {
                self.operating.keys().chain(self.cluster.keys())
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
    /// A need that is served well enough, but that the database is not made for.
    adequate,
    /// A need that is served and hurts.
    strained,
    /// A figure at the end of what a database bears, in a portfolio: on the way there its part in the logarithm.
    position,
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
}
