//! Whether an instruction's layer is in an image that people run, and what is done later in that image.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use crate::dockerfile::{Base, Dockerfile, Instruction, Kind};

/// The instruction belongs to a shipped stage, or to one that a shipped stage is built FROM.
pub(super) fn in_image(file: &Dockerfile, instruction: &Instruction) -> bool {
    instruction.stage.and_then(|stage| file.stages.get(stage)).is_some_and(|stage| stage.in_shipped_image)
}

/// What instructions do, by some key, each with the number of the instruction: of several the first.
pub(super) type Later<K, V> = HashMap<K, (usize, V)>;

/// Shows every instruction, triggers of ONBUILD included, what is done after it: further down in its stage, and in
/// the stages that are built FROM that. `done` says what an instruction does.
///
/// Goes from the end to the beginning, and hands what a stage holds to its base, always the smaller map into the
/// larger; so no number of instructions and stages makes it look at pairs of them.
pub(super) fn backwards<'f, 'a, K: Eq + Hash, V>(
    file: &'f Dockerfile<'a>,
    done: impl Fn(&'f Instruction<'a>) -> Vec<(K, V)>,
    mut see: impl FnMut(&'f Instruction<'a>, &Later<K, V>),
) {
    let mut of_stages: Vec<Later<K, V>> = file.stages.iter().map(|_| Later::new()).collect();
    for stage in file.stages.iter().rev() {
        let mut later = std::mem::take(&mut of_stages[stage.index]);
        for instruction in file.instructions[stage.instructions.clone()].iter().rev() {
            let trigger = match &instruction.kind {
                Kind::Onbuild(trigger) => Some(&**trigger),
                _ => None,
            };
            let both = || std::iter::once(instruction).chain(trigger);
            both().for_each(|one| see(one, &later));
            // Of several things that one instruction does the first counts, too.
            let mut own: Vec<(K, V)> = both().flat_map(&done).collect();
            while let Some((key, value)) = own.pop() {
                later.insert(key, (instruction.index, value));
            }
        }
        if let Base::Stage(base) = stage.base {
            let mut other = std::mem::take(&mut of_stages[base]);
            if other.len() < later.len() {
                std::mem::swap(&mut other, &mut later);
            }
            for (key, value) in later {
                match other.entry(key) {
                    Entry::Occupied(known) if known.get().0 <= value.0 => {}
                    place => drop(place.insert_entry(value)),
                }
            }
            of_stages[base] = other;
        }
    }
    // What stands before the first FROM is in no image, and nothing follows it.
    let lost = file.instructions.iter().take_while(|instruction| instruction.stage.is_none());
    lost.for_each(|instruction| see(instruction, &Later::new()));
}
