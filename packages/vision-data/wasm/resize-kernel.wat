;; The two passes of resizeSmooth, on 8 values at a time. Weights have 14 fractional bits, pairs of them are one i32.
;; The same whole numbers as in src/resize-smooth.ts. Loads reach up to 16 bytes and one row past what counts, with the
;; weight 0; stores reach up to 8 bytes past it.
(module
  (memory (export "memory") 1)

  ;; Each row of [rows, *, 3] bytes to [rows, width, 3] i16 with 6 fractional bits.
  ;; firsts: i32 [width], byte offset of the first tap in a row; weights: i16 [width, 2 pairs].
  (func (export "rows")
    (param $source i32) (param $stride i32) (param $rows i32) (param $target i32)
    (param $width i32) (param $firsts i32) (param $weights i32) (param $pairs i32)
    (local $end i32) (local $first i32) (local $lastFirst i32) (local $weight i32) (local $lastWeight i32)
    (local $pixel i32) (local $sum v128)
    (local.set $end (i32.add (local.get $source) (i32.mul (local.get $stride) (local.get $rows))))
    (local.set $lastFirst (i32.add (local.get $firsts) (i32.shl (local.get $width) (i32.const 2))))
    (loop $row
      (local.set $first (local.get $firsts))
      (local.set $weight (local.get $weights))
      (loop $column
        (local.set $pixel (i32.add (local.get $source) (i32.load (local.get $first))))
        (local.set $sum (v128.const i32x4 128 128 128 128))
        (local.set $lastWeight (i32.add (local.get $weight) (i32.shl (local.get $pairs) (i32.const 2))))
        (loop $pair
          ;; R0 G0 B0 R1 G1 B1 -> R0 R1 G0 G1 B0 B1
          (local.set $sum
            (i32x4.add
              (local.get $sum)
              (i32x4.dot_i16x8_s
                (i8x16.swizzle
                  (v128.load64_zero (local.get $pixel))
                  (v128.const i8x16 0 255 3 255 1 255 4 255 2 255 5 255 255 255 255 255))
                (v128.load32_splat (local.get $weight)))))
          (local.set $pixel (i32.add (local.get $pixel) (i32.const 6)))
          (br_if $pair
            (i32.lt_u
              (local.tee $weight (i32.add (local.get $weight) (i32.const 4)))
              (local.get $lastWeight))))
        (local.set $sum (i32x4.shr_s (local.get $sum) (i32.const 8)))
        (v128.store64_lane 0 (local.get $target) (i16x8.narrow_i32x4_s (local.get $sum) (local.get $sum)))
        (local.set $target (i32.add (local.get $target) (i32.const 6)))
        (br_if $column
          (i32.lt_u
            (local.tee $first (i32.add (local.get $first) (i32.const 4)))
            (local.get $lastFirst))))
      (br_if $row
        (i32.lt_u
          (local.tee $source (i32.add (local.get $source) (local.get $stride)))
          (local.get $end)))))

  ;; [*, length] i16 to [height, length] bytes.
  ;; firsts: i32 [height], byte offset of the first tap's row; weights: i16 [height, 2 pairs].
  (func (export "columns")
    (param $source i32) (param $length i32) (param $target i32)
    (param $height i32) (param $firsts i32) (param $weights i32) (param $pairs i32)
    (local $stride i32) (local $lastFirst i32) (local $weight i32) (local $nextWeights i32)
    (local $base i32) (local $value i32) (local $end i32)
    (local $above v128) (local $below v128) (local $factors v128) (local $low v128) (local $high v128)
    (local.set $stride (i32.shl (local.get $length) (i32.const 1)))
    (local.set $lastFirst (i32.add (local.get $firsts) (i32.shl (local.get $height) (i32.const 2))))
    (loop $row
      (local.set $base (i32.add (local.get $source) (i32.load (local.get $firsts))))
      (local.set $nextWeights (i32.add (local.get $weights) (i32.shl (local.get $pairs) (i32.const 2))))
      (local.set $end (i32.add (local.get $target) (local.get $length)))
      (loop $group
        (local.set $low (v128.const i32x4 524288 524288 524288 524288))
        (local.set $high (v128.const i32x4 524288 524288 524288 524288))
        (local.set $value (local.get $base))
        (local.set $weight (local.get $weights))
        (loop $pair
          (local.set $above (v128.load (local.get $value)))
          (local.set $value (i32.add (local.get $value) (local.get $stride)))
          (local.set $below (v128.load (local.get $value)))
          (local.set $value (i32.add (local.get $value) (local.get $stride)))
          (local.set $factors (v128.load32_splat (local.get $weight)))
          (local.set $low
            (i32x4.add
              (local.get $low)
              (i32x4.dot_i16x8_s
                (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $above) (local.get $below))
                (local.get $factors))))
          (local.set $high
            (i32x4.add
              (local.get $high)
              (i32x4.dot_i16x8_s
                (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $above) (local.get $below))
                (local.get $factors))))
          (br_if $pair
            (i32.lt_u
              (local.tee $weight (i32.add (local.get $weight) (i32.const 4)))
              (local.get $nextWeights))))
        (local.set $low
          (i16x8.narrow_i32x4_s
            (i32x4.shr_s (local.get $low) (i32.const 20))
            (i32x4.shr_s (local.get $high) (i32.const 20))))
        (v128.store64_lane 0 (local.get $target) (i8x16.narrow_i16x8_u (local.get $low) (local.get $low)))
        (local.set $base (i32.add (local.get $base) (i32.const 16)))
        (br_if $group
          (i32.lt_u
            (local.tee $target (i32.add (local.get $target) (i32.const 8)))
            (local.get $end))))
      (local.set $target (local.get $end))
      (local.set $weights (local.get $nextWeights))
      (br_if $row
        (i32.lt_u
          (local.tee $firsts (i32.add (local.get $firsts) (i32.const 4)))
          (local.get $lastFirst))))))
