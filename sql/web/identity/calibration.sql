-- Whether probabilities keep their word. Grain: one match rule and band of probability.
select calibration.*
from ops.v_match_calibration as calibration;
