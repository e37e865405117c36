<?php
// Stands in for the extensions CommonsMetadata and WikibaseMediaInfo, which Debian does not have: what commons.json says
// of a file is told by iiprop=extmetadata and by action=wbgetentities, in the shapes of
// https://www.mediawiki.org/wiki/Extension:CommonsMetadata#Usage and
// https://www.mediawiki.org/wiki/Extension:WikibaseMediaInfo/Data_Model/JSON

use Wikimedia\ParamValidator\ParamValidator;

class HeraldCommons {
	/** What is said of a file. */
	public static function of( $title ) {
		$said = json_decode( file_get_contents( __DIR__ . '/commons.json' ), true );
		return $said[$title->getText()] ?? [];
	}

	public static function onGetExtendedMetadata( &$metadata, $file, $context, $single, &$time ) {
		foreach ( self::of( $file->getTitle() )['fields'] ?? [] as $name => $said ) {
			$usual = $name === 'License' ? 'commons-templates' : 'commons-desc-page';
			[ $value, $source ] = is_array( $said ) ? $said : [ $said, $usual ];
			$metadata[$name] = [ 'value' => $value, 'source' => $source ];
		}
	}
}

class HeraldEntities extends ApiBase {
	public function execute() {
		$params = $this->extractRequestParams();
		foreach ( $params['ids'] as $id ) {
			$title = preg_match( '/^M[1-9][0-9]*$/', $id ) ? Title::newFromID( (int)substr( $id, 1 ) ) : null;
			if ( !$title || $title->getNamespace() !== NS_FILE ) {
				$this->dieWithError( [ 'apierror-badparameter', 'ids' ] );
			}
			$said = HeraldCommons::of( $title );
			if ( !isset( $said['labels'] ) && !isset( $said['statements'] ) ) {
				$this->getResult()->addValue( [ 'entities' ], $id, [ 'id' => $id, 'missing' => '' ] );
				continue;
			}
			$labels = [];
			foreach ( array_intersect_key( $said['labels'] ?? [], array_flip( $params['languages'] ) ) as $language => $text ) {
				$labels[$language] = [ 'language' => $language, 'value' => $text ];
			}
			$statements = [];
			foreach ( $said['statements'] ?? [] as $property => $items ) {
				foreach ( $items as $item ) {
					$value = [ 'entity-type' => 'item', 'numeric-id' => (int)substr( $item, 1 ), 'id' => $item ];
					$statements[$property][] = [
						'mainsnak' => [
							'snaktype' => 'value',
							'property' => $property,
							'datavalue' => [ 'value' => $value, 'type' => 'wikibase-entityid' ],
						],
						'type' => 'statement',
						'rank' => 'normal',
					];
				}
			}
			$this->getResult()->addValue( [ 'entities' ], $id, [
				'pageid' => $title->getArticleID(),
				'ns' => NS_FILE,
				'title' => $title->getPrefixedText(),
				'type' => 'mediainfo',
				'id' => $id,
				'labels' => $labels, // an empty one is a list, there as here
				'statements' => $statements,
			] );
		}
		$this->getResult()->addValue( null, 'success', 1 );
	}

	public function getAllowedParams() {
		return [
			'ids' => [ ParamValidator::PARAM_TYPE => 'string', ParamValidator::PARAM_ISMULTI => true ],
			'props' => [
				ParamValidator::PARAM_TYPE => [ 'info', 'labels', 'descriptions', 'claims', 'datatype' ],
				ParamValidator::PARAM_ISMULTI => true,
			],
			'languages' => [ ParamValidator::PARAM_TYPE => 'string', ParamValidator::PARAM_ISMULTI => true ],
		];
	}
}
