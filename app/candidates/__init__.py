"""Systems to be made common (共通化の対象候補): their cases, ministries, life and milestones."""
