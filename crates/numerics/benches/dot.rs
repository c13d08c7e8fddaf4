//! Time of one eight-lane fused dot product: independent sums (its rate) and one running sum (its latency).

use criterion::{Criterion, Throughput};
use ef_numerics::dot8;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::hint::black_box;

const TERMS: usize = 1024;

fn near_one(rng: &mut ChaCha8Rng) -> u32 {
    rng.random::<u32>() & 0x807f_ffff | rng.random_range(118..130) << 23
}

fn dots(criterion: &mut Criterion) {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let a: Vec<[u32; 8]> = (0..TERMS).map(|_| std::array::from_fn(|_| near_one(&mut rng))).collect();
    let b: Vec<[u32; 8]> = (0..TERMS).map(|_| std::array::from_fn(|_| near_one(&mut rng))).collect();
    let mut group = criterion.benchmark_group("dot");
    group.throughput(Throughput::Elements(TERMS as u64));
    group.bench_function("dot8, independent sums", |bench| {
        let mut sums = vec![0; TERMS];
        bench.iter(|| {
            for i in 0..TERMS {
                sums[i] = dot8(sums[i], &a[i], black_box(&b[i])).0;
            }
        })
    });
    group.bench_function("dot8, one running sum", |bench| {
        bench.iter(|| (0..TERMS).fold(0, |sum, i| dot8(sum, &a[i], black_box(&b[i])).0))
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    dots(&mut criterion);
    criterion.final_summary();
}
